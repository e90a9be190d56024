import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('evacuation', 2);
  await world.ferry.stop();
  await world.ferry.start('--definition-age', '1');
});
afterAll(() => world?.down());

/** Its definition was read, and the other host was seen to have its directory. */
async function kept(name: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const refusal: unknown = await world.client.evacuate(name, {}).catch((error: unknown) => error);
        return refusal instanceof Error && 'findings' in refusal ? JSON.stringify(refusal.findings) : '';
      },
      { timeout: 60_000, interval: 500 },
    )
    .toMatch(/definition was read at.*(is shared: seen on both hosts|the target has no)/);
}

test('a host loses its power: what is on shared storage starts elsewhere, what was on its own disks is told to be there', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'shared' });
  const local = await world.guest({ name: 'local', host: 'compute11' });
  const { id } = await guest.waitAlive();
  await local.waitAlive();
  await kept('web');
  await kept('local');

  const early = await world.ferry.run('host', 'fence', 'compute11', '--powered-off');
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('compute11 answers') as string });

  await world.host('compute11').powerOff();
  const unfenced = await world.ferry.run('evacuate', 'web', '--wait');
  expect(unfenced).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ferry host fence compute11 --powered-off') as string,
  });
  expect(await world.ferry.run('host', 'fence', 'compute11', '--powered-off')).toMatchObject({ code: 0 });

  const refused = await world.ferry.run('evacuate', 'local', 'compute12');
  expect(refused).toMatchObject({
    code: 4,
    stderr: expect.stringContaining(`the target has no ${local.diskPath}`) as string,
  });

  // Its kernel stands there, too, and nothing is left that it could be compared with.
  const uncompared = await world.ferry.run('evacuate', 'web', 'compute12');
  expect(uncompared).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('--accept os/kernel') as string,
  });
  const words = ['--accept', 'os/kernel', '--accept', 'os/initrd'];
  const moved = await world.ferry.run('evacuate', 'web', 'compute12', ...words, '--wait', '-o', 'json');
  expect(moved).toMatchObject({ code: 0 });
  const { id: migration } = JSON.parse(moved.stdout) as { id: string };
  expect((await guest.waitAlive()).id).not.toBe(id);
  expect(await world.lab.runners('web')).toEqual(['compute12']);

  await world.host('compute11').powerOn();
  await world.waitFor(migration, 'completed', ({ status }) => status === 'completed');
  expect(await world.defines('compute11', 'web')).toBe(false);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(true);
  expect(await world.defines('compute11', 'local')).toBe(true);
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  await guest.waitAlive();
});
