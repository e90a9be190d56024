import { expect, test } from 'vitest';
import type { NewAction } from '../operations/action-store.ts';
import { beginSample, failed, sampleStore, web } from '../instances/sample-store.test-support.ts';

const action: NewAction = {
  asked: { requestId: 'req-1', userId: 'ann', projectId: 'ours' },
  instanceId: web.id,
  operationId: null,
  action: 'delete',
  event: 'compute_terminate_instance',
  host: 'a',
};
const deletion = { operationId: 'op-1', workflow: 'delete-instance', input: {}, action: null };

test('a deletion of what is held is asked for once, waits, and its action is ended by the operation that it becomes', async () => {
  const store = await sampleStore();
  const { deletions, instances } = store;
  const move = await beginSample(store);
  expect(await deletions.asked()).toEqual([]);
  expect([await deletions.ask(web.id, action), await deletions.ask(web.id, action)]).toEqual([true, false]);
  expect([await deletions.asked(), await deletions.isAsked(web.id)]).toEqual([[web.id], true]);
  expect((await store.actions.byRequest(web.id, 'req-1'))?.events).toMatchObject([{ result: null }]);
  expect(await deletions.begin((await instances.byId(web.id)) ?? web, deletion)).toBe(false);
  await store.migrations.finish(move, failed);
  expect(await deletions.begin((await instances.byId(web.id)) ?? web, deletion)).toBe(true);
  expect([await deletions.asked(), await deletions.ask(web.id, action)]).toEqual([[], false]);
  await deletions.finish('op-1', web.id);
  expect(await store.actions.byRequest(web.id, 'req-1')).toMatchObject({
    message: null,
    events: [{ result: 'Success' }],
  });
  await store.close();
});

test('one that cannot be begun tells why, and may be asked for again', async () => {
  const store = await sampleStore();
  await beginSample(store);
  await store.deletions.ask(web.id, action);
  const failure = { message: 'It runs on two hosts.', remedy: 'End one.' };
  for (const _ of ['once', 'and again']) {
    await store.deletions.refuseAsked(web.id, failure);
    expect([await store.deletions.asked(), await store.actions.byRequest(web.id, 'req-1')]).toMatchObject([
      [],
      {
        message: failure.message,
        events: [{ result: 'Error', details: 'It runs on two hosts. End one.' }],
      },
    ]);
  }
  expect(
    await store.deletions.ask(web.id, { ...action, asked: { ...action.asked, requestId: 'req-2' } }),
  ).toBe(true);
  await store.close();
});
