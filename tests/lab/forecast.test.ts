import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const mebibyte = 1024 * 1024;
const live = { kind: 'live-migration', host: 'compute12' } as const;
let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('forecast', 2);
});
afterAll(() => world?.down());

test('a real guest is measured, and its next move is forecast from that and from what the first one taught of the link', {
  tags: 'thorough',
}, async () => {
  const { client } = world;
  const guest = await world.guest({
    name: 'busy',
    host: 'compute11',
    storage: 'shared',
    memoryMib: 256,
    dirty: { mib: 96, mibPerSecond: 60 },
  });
  const { id: boot } = await guest.waitAlive();
  const first = await client.forecast('busy', live);
  expect(first.forecast.verdict).toMatchObject({ kind: 'not-known' });
  // It writes to 96 MiB at 60 MiB/s: page sampling finds most of that, and no more than all of its memory.
  const needed = first.forecast.neededBytesPerSecond ?? 0;
  expect(needed / mebibyte).toBeGreaterThan(20);
  expect(needed / mebibyte).toBeLessThan(256);
  const moved = await world.moved('busy', 'live', 'compute12');
  expect(moved.status).toBe('completed');
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  const { forecast } = await client.migration(moved.id);
  expect(forecast?.end).toMatchObject({ kind: 'converged' });
  expect(forecast?.end?.facts.totalMs).toBeGreaterThan(100);
  // Of the way back nothing is known, and what the guest changes was measured: a limit below that cannot do.
  const back = await client.forecast('busy', {
    ...live,
    host: 'compute11',
    bandwidthBytesPerSecond: 10 * mebibyte,
  });
  expect(back.forecast.verdict).toMatchObject({ kind: 'not-known' });
  const profile = await client.memoryProfile('busy');
  expect(profile.measurements).toBe(2);
  expect(profile.hours[0]?.bytesPerSecond).toBeGreaterThan(4 * mebibyte);
});
