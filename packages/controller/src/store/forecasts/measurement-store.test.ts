import type { MemoryMeasurement } from '@ferry/model';
import { expect, test } from 'vitest';
import { beginSample, sampleStore, web } from '../instances/sample-store.test-support.ts';

const db = { ...web, id: 'db-1', name: 'db' };
const off = { ...web, id: 'off-1', name: 'off', powerState: 'shutoff' } as const;
const away = { ...web, id: 'away-1', name: 'away', hostId: 'host-b' };
const measured = (at: string): MemoryMeasurement => ({
  at,
  memoryUsedBytes: 5,
  windows: [{ windowMs: 1_000, bytes: 7, resolutionBytes: 1 }],
  diskWriteBytesPerSecond: null,
});

test('due are running instances of hosts that answer, those that wait longest first, and each is taken once', async () => {
  const store = await sampleStore([web, db, off, away]);
  const { measurements } = store;
  const due = async (before: string, limit = 9): Promise<string[]> =>
    (await measurements.due(['host-a'], before, limit)).map(({ instanceId }) => instanceId);
  expect(await due('2030-01-01')).toEqual(['db-1', 'web-1']);
  expect(await measurements.take('web-1', '2030-01-01', '2030-01-01')).toBe(true);
  expect(await measurements.take('web-1', '2030-01-01', '2030-01-02')).toBe(false);
  expect(await due('2030-01-01')).toEqual(['db-1']);
  expect(await due('2030-01-05')).toEqual(['db-1', 'web-1']);
  expect(await measurements.take('web-1', '2030-01-05', '2030-01-06')).toBe(true);
  expect(await due('2030-01-09', 1)).toEqual(['db-1']);
  expect(await measurements.due([], '2030-01-09', 9)).toEqual([]);
  await store.close();
});

test('one that a migration holds is not due', async () => {
  const store = await sampleStore();
  await beginSample(store);
  expect(await store.measurements.due(['host-a'], '2999', 9)).toEqual([]);
  await store.close();
});

test('measurements are read newest first, and go when they are old', async () => {
  const store = await sampleStore();
  const { measurements } = store;
  for (const at of ['2030-01-01', '2030-01-03', '2030-01-02']) await measurements.add('web-1', measured(at));
  await measurements.add('web-1', measured('2030-01-02'));
  expect((await measurements.of('web-1')).map(({ at }) => at)).toEqual([
    '2030-01-03',
    '2030-01-02',
    '2030-01-01',
  ]);
  expect(await measurements.of('db-1')).toEqual([]);
  expect(await measurements.removeBefore('2030-01-03')).toBe(2);
  expect((await measurements.of('web-1')).map(({ at }) => at)).toEqual(['2030-01-03']);
  await store.close();
});
