import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { SilentHosts } from './silent-hosts.ts';

const uri = 'simulated://one/';
const known = new Set([uri]);

/** A host, and what is told of it; the clock stands where the test puts it. */
function scene() {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  world.addHost('one', {});
  const hypervisor = new SimulatedHypervisor(world);
  const clock = { now: 0 };
  const silent = new SilentHosts(8_000, () => clock.now);
  const noted = silent.noting(hypervisor);
  const host = (one: string) => noted.host(one);
  const returned: string[] = [];
  const ask = async (): Promise<string[]> => {
    silent.ask(hypervisor, { known, deadlineMs: 1_000 }, (one) => returned.push(one));
    await new Promise(setImmediate);
    return returned.splice(0);
  };
  const fail = async (): Promise<void> => {
    world.host('one').up = false;
    await expect(host(uri).facts()).rejects.toThrow('is down');
  };
  const back = (): void => {
    world.host('one').up = true;
  };
  return { world, silent, host, clock, ask, fail, back };
}

test('a host that answers is not asked', async () => {
  const { silent, host, ask } = scene();
  await host(uri).facts();
  expect(silent.any).toBe(false);
  expect(await ask()).toEqual([]);
});

test('one that did not is told once it answers again, and once only', async () => {
  const { silent, ask, fail, back } = scene();
  await fail();
  expect(silent.any).toBe(true);
  expect(await ask()).toEqual([]);
  back();
  expect(await ask()).toEqual([uri]);
  expect(await ask()).toEqual([]);
  expect(silent.any).toBe(false);
});

test('a sighting that says so counts as well', async () => {
  const { world, silent, host } = scene();
  world.host('one').up = false;
  await expect(host(uri).domains.observe('web')).resolves.toMatchObject({ kind: 'unreachable' });
  expect(silent.any).toBe(true);
});

test('one that goes and comes is told after longer and longer pauses, and anew after a long time', async () => {
  const { clock, ask, fail, back } = scene();
  const pauses: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await fail();
    back();
    const from = clock.now;
    while ((await ask()).length === 0) clock.now += 500;
    pauses.push(clock.now - from);
  }
  expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000]);
  clock.now += 100_000;
  await fail();
  back();
  expect(await ask()).toEqual([uri]);
  await fail();
  back();
  expect(await ask()).toEqual([]);
  clock.now += 1_000;
  expect(await ask()).toEqual([uri]);
});

test('one that is not known is never asked again', async () => {
  const { silent, world, fail } = scene();
  await fail();
  const before = world.faults.calls.length;
  silent.ask(new SimulatedHypervisor(world), { known: new Set(), deadlineMs: 1_000 }, () => undefined);
  expect(silent.any).toBe(false);
  expect(world.faults.calls).toHaveLength(before);
});
