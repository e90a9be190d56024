import { writeFileSync } from 'node:fs';
import { readRecording, replayRecording } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const mebibyte = 1024 * 1024;
let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('convergence', 2);
});
afterAll(() => world?.down());

/** Where recordings of a run are put, to become fixtures of the rules' tests; not set: nowhere. */
const keep = process.env['FERRY_RECORDINGS'];

async function recordingOf(id: string, name: string): Promise<string> {
  const text = await world.client.recording(id);
  if (keep !== undefined) writeFileSync(`${keep}/${name}.ndjson`, text);
  return text;
}

test('a guest that changes the same memory over and over is judged by its passes, and moved within its budget', async () => {
  const guest = await world.guest({
    name: 'hot',
    host: 'compute11',
    storage: 'shared',
    memoryMib: 256,
    dirty: { mib: 96, mibPerSecond: 200 },
  });
  const { id: boot } = await guest.waitAlive();
  const slow = { bandwidthBytesPerSecond: 30 * mebibyte, maxDowntimeMs: 500 };

  await world.client.setPolicy('strict', { scope: 'by-name', values: { ...slow, whenStalled: 'abort' } });
  const first = await world.moved('hot', 'live', 'compute12', { policy: 'strict' });
  expect(first).toMatchObject({ status: 'failed', error: { code: 'does-not-converge' } });
  expect(first.error?.message).toContain('the budget is 500 ms');
  expect(await world.lab.runners('hot')).toEqual(['compute11']);
  const recorded = readRecording(await recordingOf(first.id, 'hot-set-abort'));
  expect(replayRecording(recorded, {}).filter(({ by }) => by !== 'both')).toEqual([]);

  // The link between the hosts carries more than this when nothing limits it, also on a busy machine.
  const values = { ...slow, maxDowntimeMs: 2_000, linkBytesPerSecond: 80 * mebibyte };
  await world.client.setPolicy('link', { scope: 'by-name', values });
  const second = await world.moved('hot', 'live', 'compute12', { policy: 'link' });
  await recordingOf(second.id, 'hot-set-link');
  expect(second).toMatchObject({ status: 'completed', error: null });
  expect(second.result?.downtimeMs).toBeLessThanOrEqual(2_000);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
});
