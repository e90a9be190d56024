import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginSample, sampleStore, web } from '../../store/instances/sample-store.test-support.ts';
import type { Store } from '../../store/store.ts';
import { LeaseKeeper } from './lease-keeper.ts';

const leaseMs = 60_000;
const other = { ...web, id: 'web-2' };
let store: Store;
let id: string;

beforeEach(async () => {
  store = await sampleStore([web, other]);
  id = await beginSample(store);
});
afterEach(() => store.close());

test('it counts on less of a lease than it has, from before it was asked for', async () => {
  const keeper = new LeaseKeeper(store.operations, 100);
  const before = performance.now();
  const held = await keeper.take(id);
  await new Promise((resolve) => {
    held?.signal.addEventListener('abort', resolve);
  });
  // What another one sees is longer: it may take it only after this.
  expect(performance.now() - before).toBeGreaterThanOrEqual(79);
});

test('what it renews it may go on with; what another has taken over it loses', async () => {
  const keeper = new LeaseKeeper(store.operations, leaseMs);
  const held = await keeper.take(id);
  await keeper.renew();
  expect(held?.isLost).toBe(false);
  await store.operations.releaseAll();
  expect(await new LeaseKeeper(store.operations, leaseMs).take(id)).not.toBeNull();
  await keeper.renew();
  expect(held?.isLost).toBe(true);
});

test('one that is taken while the others are renewed is not lost for not being among them', async () => {
  const keeper = new LeaseKeeper(store.operations, leaseMs);
  const held = await keeper.take(id);
  const second = await beginSample(store, other);
  const { promise: renewed, resolve: answer } = Promise.withResolvers<ReadonlyMap<string, number>>();
  vi.spyOn(store.operations, 'renew').mockReturnValue(renewed);
  const renewing = keeper.renew();
  const taken = await keeper.take(second);
  answer(new Map([[id, 1]]));
  await renewing;
  expect([held?.isLost, taken?.isLost]).toEqual([false, false]);
});

test('one that is taken anew by the same controller ends the one before', async () => {
  const keeper = new LeaseKeeper(store.operations, leaseMs);
  const first = await keeper.take(id);
  const second = await keeper.take(id);
  await keeper.renew();
  expect([first?.isLost, second?.isLost]).toEqual([true, false]);
});

test('at its end it gives all free, for others to take at once', async () => {
  const keeper = new LeaseKeeper(store.operations, leaseMs);
  await keeper.take(id);
  expect(await store.operations.free()).toEqual([]);
  await keeper.releaseAll();
  expect(await store.operations.free()).toEqual([id]);
});
