import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('agent', 2);
});
afterAll(() => world?.down());

const log = (host: string): Promise<string> => world.host(host).execOk(['cat', '/var/log/guests/web.log']);

test('a guest with an agent is powered off by it for a cold move, and nothing takes it off by force', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', memoryMib: 160, agent: true });
  await until('libvirt sees the agent', 120_000, async () =>
    (await world.host('compute11').virsh('dumpxml', 'web')).includes("state='connected'") ? true : null,
  );
  expect(await log('compute11')).toMatch(/agent at \/dev\/vport/);
  // It has no other way of its own: nobody in it heeds the power button.
  const moved = await world.moved('web', 'cold', 'compute12', { shutdownTimeoutMs: 150_000 });
  expect(moved).toMatchObject({ status: 'confirmed', error: null });
  expect(await log('compute11')).toMatch(/agent: shutdown -h -P \+0/);
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  await guest.waitAlive();
  await until('the agent is there again', 120_000, async () =>
    (await world.host('compute12').virsh('dumpxml', 'web')).includes("state='connected'") ? true : null,
  );
});
