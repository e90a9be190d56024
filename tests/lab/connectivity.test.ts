import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

/** Two probes of one gap, each with its own steps, on a busy machine: their figures differ by so much at most. */
const toleranceMs = 250;

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('connectivity', 2);
});
afterAll(() => world?.down());

test('the gap in the record is the one that is seen from outside; it is shown by the command too', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'shared' });
  const address = `udp:${guest.address}:7000`;
  const outside = await guest.probe(10);
  const migration = await world.moved('web', 'live', 'compute12', { probe: address, announce: true });
  const seen = await outside.stop();
  const report = migration.result?.connectivity;
  expect(migration).toMatchObject({ status: 'completed', phase: 'moved' });
  expect(report).toMatchObject({ address, answeredBefore: true, answeredAfter: true });
  expect(report?.answered).toBeGreaterThan(20);
  // Two programs on two busy processors look at one gap: each may add to it what it was kept from looking.
  const [less = Number.NaN, more = Number.NaN] = [
    report?.longestGapMs ?? Number.NaN,
    seen.longestGapMs,
  ].toSorted((one, other) => one - other);
  expect(more).toBeLessThan(2 * less + toleranceMs);
  const shown = await world.ferry.run('migration', 'show', migration.id);
  expect(shown.stdout).toContain(`${address}: longest gap`);
});

test('a refused connection is an answer; after a cold migration the gap is the whole time off', {
  tags: 'thorough',
}, async () => {
  const guest = world.lab.guest('web');
  const migration = await world.moved('web', 'cold', 'compute11', { probe: `tcp:${guest.address}:9` });
  const report = migration.result?.connectivity;
  expect(report).toMatchObject({ answeredBefore: true, answeredAfter: true });
  expect(report?.longestGapMs).toBeGreaterThan(migration.result?.downtimeMs ?? Number.NaN);
});

test('a guest that cannot be reached on its target has moved, and the record says it aloud', {
  tags: 'thorough',
}, async () => {
  const guest = world.lab.guest('web');
  await guest.waitAlive();
  await world.host('compute12').execOk(['ip', 'link', 'set', 'eth1', 'down']);
  const address = `udp:${guest.address}:7000`;
  const migration = await world.moved('web', 'live', 'compute12', { probe: address });
  expect(migration).toMatchObject({
    status: 'completed',
    phase: `moved; WARNING: no answer from ${address} since it runs on compute12`,
    result: { connectivity: { answeredBefore: true, answeredAfter: false } },
  });
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  const shown = await world.ferry.run('migration', 'show', migration.id);
  expect(shown.stdout).toContain(`NO ANSWER from ${address} since the move`);
  await world.host('compute12').execOk(['ip', 'link', 'set', 'eth1', 'up']);
  await guest.waitAlive();
});
