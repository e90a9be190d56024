import type { FindingBody, MoveBody } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('mixed', [{}, { release: 'trixie-backports' }]);
});
afterAll(() => world?.down());

async function finding(name: string, code: string, move: MoveBody): Promise<FindingBody | undefined> {
  return (await world.client.check(name, move)).findings.find((one) => one.code === code);
}

test('a live move to a newer libvirt and QEMU moves the guest, or the checks knew that it is not taken and it runs on', async () => {
  const dirty = { mib: 16, mibPerSecond: 10 };
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'shared', dirty });
  const { id } = await guest.waitAlive();
  const versions = await finding('web', 'hypervisor-version', { kind: 'live-migration', host: 'compute12' });
  const moved = await world.moved('web', 'live', 'compute12');
  // Which of both is the archive's: its versions move on.
  const host = moved.status === 'completed' ? 'compute12' : 'compute11';
  expect([host, versions?.severity]).toBeOneOf([
    ['compute12', 'ok'],
    ['compute12', 'warning'],
    ['compute11', 'warning'],
  ]);
  expect(await world.client.instance('web')).toMatchObject({ host });
  expect(await world.lab.runStates('web')).toMatchObject([{ host, state: 'running' }]);
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
  expect(await world.defines(host === 'compute12' ? 'compute11' : 'compute12', 'web')).toBe(false);
  await world.host(host).virsh('destroy', 'web');
});

test('back to the older one is refused live, and cold where that lacks the machine type, with what to do', async () => {
  const newer = world.host('compute12');
  await world.guest({ name: 'newer', host: newer.name, off: true });
  const live = await finding('newer', 'hypervisor-version', { kind: 'live-migration', host: 'compute11' });
  expect(live).toMatchObject({
    severity: 'error',
    remedy: expect.stringContaining('Upgrade the target first'),
  });
  // What `q35` means there today.
  const newest = "qemu-system-x86_64 -M help | sed -n 's/.*alias of \\(pc-q35-[^)]*\\)).*/\\1/p'";
  const machine = (await newer.execOk(['sh', '-c', newest])).trim();
  const input = (await newer.virsh('dumpxml', 'newer')).replace(/pc-q35-[\d.]+/, machine);
  await newer.execOk(['sh', '-ec', 'cat >/run/newer.xml && virsh -q define /run/newer.xml'], { input });
  expect(await finding('newer', 'machine-type', { kind: 'cold-migration', host: 'compute11' })).toMatchObject(
    { severity: 'error', compared: { machine } },
  );
});
