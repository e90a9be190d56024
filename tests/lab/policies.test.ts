import { writeFileSync } from 'node:fs';
import type { MigrationBody, PolicyBody } from '@ferry/api';
import type { LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const mebibyte = 1024 * 1024;
/** The guest changes 96 MiB over and over, far more than this link carries. */
const slow = { bandwidthBytesPerSecond: 30 * mebibyte };
const keep = process.env['FERRY_RECORDINGS'];
let world: LabWorld;
let guest: LabGuest;
let boot: string;

beforeAll(async () => {
  world = await LabWorld.up('policies', 2);
  guest = await world.guest({
    name: 'hot',
    host: 'compute11',
    storage: 'shared',
    memoryMib: 256,
    dirty: { mib: 96, mibPerSecond: 200 },
  });
  boot = (await guest.waitAlive()).id;
});
afterAll(() => world?.down());

/** Moves it to where it is not, held to a policy; what was told of it. */
async function moved(
  name: string,
  values: PolicyBody['values'],
): Promise<{ readonly end: MigrationBody; readonly told: string }> {
  await world.client.setPolicy(name, { scope: 'by-name', values });
  const [host] = await world.lab.runners('hot');
  const to = host === 'compute11' ? 'compute12' : 'compute11';
  const end = await world.moved('hot', 'live', to, { policy: name });
  const told = await world.client.recording(end.id);
  if (keep !== undefined) writeFileSync(`${keep}/${name}.ndjson`, told);
  expect(end).toMatchObject({ status: 'completed', error: null });
  expect(await world.lab.runners('hot')).toEqual([to]);
  // It is the same guest, and no page of it was lost.
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  return { end, told };
}

describe('a guest that changes memory too fast comes to its target', { tags: 'thorough' }, () => {
  test('by a pause that has a bound', async () => {
    const { end, told } = await moved('pause', { ...slow, whenStalled: 'pause', maxPauseMs: 10_000 });
    expect(told).toContain('the guest is paused for 10 s at most');
    expect(end.result?.downtimeMs).toBeLessThanOrEqual(10_000);
  });

  test('by more bandwidth', async () => {
    const { told } = await moved('bandwidth', {
      ...slow,
      maxDowntimeMs: 2_000,
      maxBandwidthBytesPerSecond: 1024 * mebibyte,
    });
    expect(told).toContain('bandwidth 1024 MiB/s, the most that is allowed');
  });

  test('by post-copy', async () => {
    const { told } = await moved('post-copy', { ...slow, postCopy: 'ask', whenStalled: 'post-copy' });
    expect(told).toContain('post-copy is begun, as it does not converge');
  });

  test('by deltas', async () => {
    const { told } = await moved('deltas', {
      ...slow,
      compression: 'xbzrle',
      whenStalled: 'pause',
      maxPauseMs: 10_000,
    });
    expect(told).toContain('sends deltas of pages that are sent again');
    expect(told).toContain('a cache of 128 MiB for deltas, which holds what a pass sends');
  });

  test('over two connections, compressed', async () => {
    const { told } = await moved('zstd', {
      ...slow,
      parallelConnections: 2,
      compression: 'zstd',
      whenStalled: 'pause',
      maxPauseMs: 10_000,
    });
    expect(told).toContain('sends memory over 2 connections, compressed with zstd');
  });

  test('by throttling within its bounds, or what the policy says beyond them', async () => {
    const { told } = await moved('throttle', {
      ...slow,
      throttleFirstPercent: 30,
      throttleMaxPercent: 60,
      whenStalled: 'pause',
      maxPauseMs: 10_000,
    });
    expect(told).toContain("may throttle the guest's processors, by 30 % at first and 60 % at most");
  });
});
