import {
  type ForecastFacts,
  type ForecastInput,
  forecastMove,
  nothingLearned,
  type TransferProgress,
} from '@ferry/model';
import { expect, test } from 'vitest';
import { sampleStore } from '../instances/sample-store.test-support.ts';
import type { Store } from '../store.ts';

const input: ForecastInput = {
  memoryBytes: 1_000_000,
  memoryUsedBytes: null,
  dirty: { kind: 'not-measured', because: 'nobody did' },
  diskBytes: 0,
  diskWriteBytesPerSecond: null,
  compressionRatio: null,
  link: { kind: 'not-known', because: 'no transfer' },
  capBytesPerSecond: null,
  downtimeLimitMs: 300,
  judgesByLink: false,
  postCopy: { possible: true },
  corrections: nothingLearned,
};
const facts: ForecastFacts = { totalMs: 1_000, downtimeMs: 50, bytes: 9, inflation: null, memory: null };
const sample = (elapsedMs: number, iteration: number, memoryBytes: number): TransferProgress => ({
  elapsedMs,
  totalBytes: 1_000_000,
  doneBytes: 0,
  remainingBytes: 1_000_000 - memoryBytes,
  memoryBytes,
  diskBytes: 0,
  rateBytesPerSecond: 0,
  dirtyBytesPerSecond: null,
  iteration,
  expectedDowntimeMs: null,
  downtimeMs: null,
});

async function begun(store: Store, migrationId: string, madeAt: string, instanceId = 'web-1'): Promise<void> {
  await store.forecasts.begin({
    migrationId,
    instanceId,
    class: 'small',
    sourceHostId: 'host-a',
    targetHostId: 'host-b',
    madeAt,
    input,
    forecast: forecastMove(input),
  });
}

test('a forecast is kept as it was made, with the passes as they go, and what came of it once', async () => {
  const store = await sampleStore();
  const { forecasts } = store;
  expect(await forecasts.of('m')).toBeNull();
  await begun(store, 'm', '2030-01-01');
  expect(await forecasts.of('m')).toMatchObject({ input, passes: null, end: null });
  await forecasts.saw('m', sample(0, 1, 0));
  await forecasts.saw('m', sample(1_000, 1, 300_000));
  await forecasts.saw('m', sample(2_000, 1, 900_000));
  expect((await forecasts.of('m'))?.passes).toMatchObject({ rateBytesPerSecond: 600_000, passes: [] });
  await forecasts.conclude('m', 'converged', facts, 900_000);
  await forecasts.conclude('m', 'failed', { ...facts, bytes: 1 }, null);
  expect(await forecasts.of('m')).toMatchObject({
    passes: { rateBytesPerSecond: 600_000 },
    end: { kind: 'converged', facts },
  });
  await store.close();
});

test('what several sent together is kept with the passes of each, and told of the pair', async () => {
  const store = await sampleStore();
  const { forecasts } = store;
  await begun(store, 'm', '2030-01-01');
  forecasts.sawTogether('m', 5);
  expect(forecasts.rateOf('m')).toBeNull();
  await forecasts.saw('m', sample(0, 1, 0));
  await forecasts.saw('m', sample(1_000, 1, 300_000));
  forecasts.sawTogether('m', 700_000);
  await forecasts.saw('m', sample(2_000, 1, 900_000));
  expect(forecasts.rateOf('m')).toBe(600_000);
  expect((await forecasts.of('m'))?.passes).toMatchObject({ togetherBytesPerSecond: 700_000 });
  await forecasts.conclude('m', 'converged', facts, 700_000);
  expect(await forecasts.linkRates('host-a', 'host-b')).toEqual([
    { bytesPerSecond: 700_000, rehearsedAt: null, together: true },
  ]);
  await store.close();
});

test('passes are reckoned as samples come', async () => {
  const store = await sampleStore();
  await begun(store, 'm', '2030-01-01');
  await store.forecasts.saw('m', sample(0, 1, 0));
  // Half of a second pass is sent when it is seen.
  await store.forecasts.saw('m', sample(900, 1, 900_000));
  await store.forecasts.saw('m', { ...sample(1_100, 2, 1_100_000), remainingBytes: 100_000 });
  const { passes } = (await store.forecasts.of('m')) ?? {};
  expect(passes?.passes).toHaveLength(1);
  expect(passes?.passes[0]).toMatchObject({ durationMs: 1_000, unsentBytes: 0, leftBytes: 200_000 });
  await store.close();
});

test('what has ended is learned from: of an instance or its class, and the rates of a pair of hosts', async () => {
  const store = await sampleStore();
  const { forecasts } = store;
  await begun(store, 'one', '2030-01-01');
  await begun(store, 'two', '2030-01-02', 'db-1');
  await begun(store, 'open', '2030-01-03');
  await forecasts.conclude('one', 'converged', facts, 5_000_000_000);
  await forecasts.conclude('two', 'forced', facts, null);
  expect(await forecasts.linkRates('host-a', 'host-b')).toEqual([
    { bytesPerSecond: 5_000_000_000, rehearsedAt: null, together: false },
  ]);
  expect(await forecasts.linkRates('host-b', 'host-a')).toEqual([]);
  expect((await forecasts.toLearnFrom('web-1', 'large')).map(({ end }) => end)).toEqual(['converged']);
  await begun(store, 'three', '2030-01-04', 'db-1');
  await forecasts.conclude('three', 'converged', facts, null);
  // What was forced teaches nothing.
  expect((await forecasts.toLearnFrom('web-1', 'small')).map((one) => one.instanceId)).toEqual([
    'db-1',
    'web-1',
  ]);
  expect(await forecasts.ended(null, 1)).toMatchObject([{ instanceId: 'db-1', verdict: 'not-known', facts }]);
  expect(await forecasts.ended('web-1', 9)).toHaveLength(1);
  await store.close();
});
