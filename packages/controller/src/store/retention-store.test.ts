import { expect, test } from 'vitest';
import { beginSample, failed, sampleStore, web } from './instances/sample-store.test-support.ts';
import type { Store } from './store.ts';

const later = '2999-01-01T00:00:00.000Z';
const long = 1_000_000;
const db = { ...web, id: 'db-1', name: 'db' };

/** A migration that has failed; its operation is closed, or still has something to do. */
async function over(store: Store, instance = web, isClosed = true): Promise<string> {
  const id = await beginSample(store, instance);
  await store.operations.append({
    operationId: id,
    sequence: 1,
    at: later,
    entry: { kind: 'undo-started', step: 'transfer', attempt: 1 },
  });
  await store.migrations.finish(id, failed);
  if (isClosed) await store.operations.close(id, 'done');
  return id;
}

test('a migration that is over goes with its operation and the log of its steps', async () => {
  const store = await sampleStore();
  const id = await over(store);
  expect(await store.retention.removeMigrations('2000-01-01T00:00:00.000Z', long)).toBe(0);
  expect(await store.migrations.byId(id)).not.toBeNull();
  expect(await store.retention.removeMigrations(later, long)).toBe(1);
  expect([await store.migrations.byId(id), await store.operations.byId(id)]).toEqual([null, null]);
  expect(await store.operations.read(id)).toEqual([]);
  await store.close();
});

test('one that goes on, or whose clean-up does, stays with all of its log, however old', async () => {
  const store = await sampleStore([web, db]);
  const goesOn = await beginSample(store, web);
  const cleansUp = await over(store, db, false);
  expect(await store.retention.removeOperations(later)).toBe(0);
  expect(await store.retention.removeMigrations(later, 0)).toBe(0);
  for (const id of [goesOn, cleansUp]) expect(await store.operations.byId(id)).not.toBeNull();
  expect(await store.operations.read(cleansUp)).toHaveLength(1);
  await store.close();
});

test('hosts that had an instance are known when its migrations are gone', async () => {
  const store = await sampleStore();
  await over(store);
  expect(await store.retention.removeMigrations(later, 0)).toBe(1);
  const had = await store.instances.hostsThatHad([web.id]);
  expect([...(had.get(web.id) ?? [])].toSorted()).toEqual(['host-a', 'host-b']);
  await store.close();
});

test('what brought a base image that is still there stays', async () => {
  const store = await sampleStore();
  const id = await over(store);
  const file = { hostId: 'host-b', path: '/base', lengthBytes: 1, changedAt: null };
  await store.baseImages.keepBrought(file, null, id);
  expect(await store.retention.removeOperations(later)).toBe(0);
  expect(await store.retention.removeMigrations(later, 0)).toBe(0);
  await store.close();
});

test('operations go before their migrations do, and of many migrations the newest stay', async () => {
  const store = await sampleStore();
  const first = await over(store);
  const second = await over(store);
  expect(await store.retention.removeOperations(later)).toBe(2);
  expect(await store.operations.byId(second)).toBeNull();
  expect(await store.retention.removeMigrations('2000-01-01T00:00:00.000Z', 1)).toBe(1);
  expect([await store.migrations.byId(first), (await store.migrations.byId(second))?.id]).toEqual([
    null,
    second,
  ]);
  await store.close();
});

test('deleted instances go once no migration names them, and what was done to them by its age', async () => {
  const store = await sampleStore([web, db]);
  const asked = { requestId: 'req-1', userId: 'ada', projectId: 'research' };
  const action = { asked, operationId: null, action: 'stop', event: 'compute_stop_instance', host: 'a' };
  await store.actions.record({ ...action, instanceId: web.id });
  await store.actions.record({ ...action, instanceId: db.id });
  await over(store);
  expect(await store.deletions.forget(web)).toBe(true);
  expect(await store.retention.removeDeletedInstances(later)).toBe(0);
  await store.retention.removeMigrations(later, 0);
  expect(await store.retention.removeDeletedInstances('2000-01-01T00:00:00.000Z')).toBe(0);
  expect(await store.retention.removeDeletedInstances(later)).toBe(1);
  expect((await store.instances.list()).map(({ id }) => id)).toEqual([db.id]);
  // Whoever asks what became of it is told still.
  expect(await store.actions.projectOf(web.id)).toBe('research');
  expect(await store.retention.removeActions('2000-01-01T00:00:00.000Z')).toBe(0);
  expect(await store.retention.removeActions(later)).toBe(3);
  expect(await store.actions.projectOf(web.id)).toBeNull();
  await store.close();
});

test('events go by age and by number, and the last one stays, for those that follow', async () => {
  const store = await sampleStore();
  await over(store);
  const before = await store.events.after(0);
  expect(before.length).toBeGreaterThan(3);
  await store.retention.removeEvents('2000-01-01T00:00:00.000Z', 2);
  expect(await store.events.after(0)).toEqual(before.slice(-2));
  await store.retention.removeEvents(later, long);
  expect(await store.events.after(0)).toEqual(before.slice(-1));
  expect(await store.events.last()).toBe(before.at(-1)?.sequence);
  await store.close();
});
