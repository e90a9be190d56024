import type { LogRecord } from '@ferry/workflow';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginSample, sampleStore } from '../instances/sample-store.test-support.ts';
import { LeaseLost } from './lock-store.ts';
import type { Store } from '../store.ts';

const long = 60_000;
const over = -1;
let store: Store;
let id: string;

beforeEach(async () => {
  store = await sampleStore();
  id = await beginSample(store);
});
afterEach(() => store.close());

function record(sequence: number): LogRecord {
  const entry = { kind: 'step-started', step: 'reserve', attempt: 1 } as const;
  return { operationId: id, sequence, at: '2026-01-01T00:00:00.000Z', entry };
}

test('a new operation is free, and whoever takes it has it alone', async () => {
  const { operations } = store;
  expect(await operations.free()).toEqual([id]);
  expect(await operations.take(id, 'one', long)).toEqual({ operationId: id, fence: 1 });
  expect(await operations.free()).toEqual([]);
  expect(await operations.take(id, 'two', long)).toBeNull();
});

test('of many who want it at once one gets it', async () => {
  const names = Array.from({ length: 8 }, (_, number) => `controller-${number}`);
  const taken = await Promise.all(names.map((name) => store.operations.take(id, name, long)));
  expect(taken.filter((lease) => lease !== null)).toEqual([{ operationId: id, fence: 1 }]);
});

test('when a lease is over another takes it, with a higher fence number; the first cannot renew it', async () => {
  const { operations } = store;
  await operations.take(id, 'one', over);
  expect(await operations.free()).toEqual([id]);
  expect(await operations.take(id, 'two', long)).toEqual({ operationId: id, fence: 2 });
  expect(await operations.renew('one', long)).toEqual(new Map());
  expect(await operations.renew('two', long)).toEqual(new Map([[id, 2]]));
});

test('a renewed lease is not over', async () => {
  const { operations } = store;
  await operations.take(id, 'one', over);
  expect(await operations.renew('one', long)).toEqual(new Map([[id, 1]]));
  expect(await operations.take(id, 'two', long)).toBeNull();
});

test('given free it can be taken at once; who lost it before gives nothing free', async () => {
  const { operations } = store;
  const first = await operations.take(id, 'one', over);
  const second = await operations.take(id, 'two', long);
  if (first === null || second === null) throw new Error('both were taken');
  await operations.release(first);
  expect(await operations.free()).toEqual([]);
  await operations.release(second);
  expect(await operations.free()).toEqual([id]);
});

test('a closed operation can be neither taken nor renewed', async () => {
  const { operations } = store;
  await operations.take(id, 'one', over);
  await operations.close(id, 'done');
  expect(await operations.free()).toEqual([]);
  expect(await operations.take(id, 'two', long)).toBeNull();
  expect(await operations.renew('one', long)).toEqual(new Map());
});

test('what a stale owner writes hits no row, and it is told so', async () => {
  const first = await store.operations.take(id, 'one', over);
  if (first === null) throw new Error('it was free');
  const stale = store.under(first);
  await stale.operations.append(record(1));
  await stale.migrations.advance(id, 'queued', 'by the first');
  const second = await store.operations.take(id, 'two', long);
  if (second === null) throw new Error('the first lease was over');
  const before = await store.migrations.byId(id);
  const writes: (() => Promise<unknown>)[] = [
    () => stale.operations.append(record(2)),
    () => stale.operations.close(id, 'done'),
    () => stale.migrations.setPhase(id, 'stale'),
    () => stale.migrations.advance(id, 'preparing', 'stale'),
    () => stale.migrations.setProgress(id, null),
    () => stale.migrations.setCopy(id, '/images/web.qcow2', null),
    () => stale.migrations.commit(id),
    () =>
      stale.migrations.finish(id, { status: 'failed', phase: '', result: null, error: null, power: null }),
  ];
  for (const write of writes) await expect(write()).rejects.toThrow(LeaseLost);
  expect(await store.migrations.byId(id)).toEqual(before);
  expect(await store.operations.read(id)).toEqual([record(1)]);
  expect(await store.operations.unfinished()).toHaveLength(1);
  const owner = store.under(second);
  await owner.operations.append(record(2));
  await owner.migrations.setPhase(id, 'by the second');
  expect(await store.migrations.byId(id)).toMatchObject({ phase: 'by the second' });
});

test('whoever is no runner writes without a lease: an abort that somebody asks for', async () => {
  await store.operations.take(id, 'one', long);
  expect(await store.migrations.requestAbort(id)).toMatchObject({ abortRequested: true });
});
