import { randomUUID } from 'node:crypto';
import type { DomainFacts, Instance, Volume, VolumeAttachment } from '@ferry/model';
import { expect, test } from 'vitest';
import { sampleStore, web } from '../instances/sample-store.test-support.ts';
import type { Store } from '../store.ts';
import type { NewHold } from '../operations/take-instance.ts';

const at = '2026-01-01T00:00:00.000Z';
const other: Instance = { ...web, id: 'other-1', name: 'other' };
const data: Volume = {
  id: 'volume-1',
  name: 'data',
  description: null,
  projectId: 'p',
  userId: 'u',
  place: { kind: 'pool', pool: 'data', name: 'one' },
  hostIds: ['host-a', 'host-b'],
  format: 'raw',
  sizeBytes: 2 ** 40,
  made: false,
  shareable: false,
  metadata: {},
  typeId: null,
  fault: null,
  operationId: null,
  state: 'ready',
  createdAt: at,
  updatedAt: at,
};

function attachmentOf(volume: Volume, instance: Instance): VolumeAttachment {
  const names = { id: randomUUID(), volumeId: volume.id, instanceId: instance.id, target: 'vdb', tag: null };
  return { ...names, deleteOnTermination: false, state: 'attaching', found: false, createdAt: at };
}

function holdOf(instance: Instance): NewHold {
  const operationId = randomUUID();
  const asked = { requestId: 'req-1', userId: 'u', projectId: 'p' };
  return {
    operationId,
    workflow: 'attach-volume',
    input: {},
    taskState: 'attaching_volume',
    action: { asked, instanceId: instance.id, operationId, action: 'a', event: 'e', host: 'a' },
  };
}

async function storeWith(volume: Volume): Promise<Store & AsyncDisposable> {
  const store = await sampleStore([web, other]);
  expect(await store.catalogue.add(volume)).toEqual({ added: true });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

test('of two instances that want one volume at once one gets it, and the other is free as before', async () => {
  await using store = await storeWith(data);
  const taken = await Promise.all(
    [web, other].map((instance) =>
      store.attachments.beginAttach(instance, attachmentOf(data, instance), holdOf(instance)),
    ),
  );
  const lost = taken[0]?.kind === 'taken' ? other : web;
  expect(taken.map(({ kind }) => kind).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'taken',
    'volume-changed',
  ]);
  expect(await store.instances.byId(lost.id)).toMatchObject({ operationId: null, taskState: null });
  expect((await store.catalogue.byId(data.id))?.attachments).toHaveLength(1);
  expect((await store.operations.free()).length).toBe(1);
});

test('a shareable volume is given to both, and to neither twice', async () => {
  const shared = { ...data, shareable: true };
  await using store = await storeWith(shared);
  for (const instance of [web, other]) {
    const hold = holdOf(instance);
    const begun = await store.attachments.beginAttach(instance, attachmentOf(shared, instance), hold);
    expect(begun).toEqual({ kind: 'taken' });
    await store.attachments.endAttached(hold.operationId, instance.id, null);
  }
  const again = await store.attachments.beginAttach(web, attachmentOf(shared, web), holdOf(web));
  expect(again).toEqual({ kind: 'volume-changed' });
});

test('an instance that something else holds is not taken, and one that is being deleted gives nothing', async () => {
  await using store = await storeWith(data);
  const hold = holdOf(web);
  expect(await store.holds.begin(web, hold)).toBe(true);
  const refused = await store.attachments.beginAttach(web, attachmentOf(data, web), holdOf(web));
  expect(refused).toEqual({ kind: 'instance-changed' });
  expect(await store.catalogue.beginDeletion(data.id)).toMatchObject({ attachments: [] });
  const gone = await store.attachments.beginAttach(other, attachmentOf(data, other), holdOf(other));
  expect(gone).toEqual({ kind: 'volume-changed' });
});

test('a volume that is attached is not deleted, and one place is one volume on the hosts that meet', async () => {
  await using store = await storeWith(data);
  await store.attachments.found({ ...attachmentOf(data, web), state: 'attached' });
  await store.attachments.found({ ...attachmentOf(data, web), state: 'attached' });
  expect(await store.catalogue.beginDeletion(data.id)).toMatchObject({
    volume: { state: 'ready' },
    attachments: [{ instanceId: web.id }],
  });
  const twice = await store.catalogue.add({ ...data, id: 'volume-2', hostIds: ['host-b'] });
  expect(twice).toMatchObject({ added: false, there: { id: data.id } });
  expect(await store.catalogue.add({ ...data, id: 'volume-3', hostIds: ['host-c'] })).toEqual({
    added: true,
  });
});

test('the definition that was kept goes with the change of its disks, and one that was read before is not kept', async () => {
  await using store = await storeWith(data);
  const domain = { id: web.id } as DomainFacts;
  const read = { instanceId: web.id, hostId: web.hostId, xml: '<domain/>', domain, seenAt: store.now() };
  const kept = (): Promise<unknown> => store.definitionBackups.of(web.id, web.hostId);
  await store.definitionBackups.keep(read);
  expect(await kept()).not.toBeNull();
  const hold = holdOf(web);
  await store.attachments.beginAttach(web, attachmentOf(data, web), hold);
  await store.definitionBackups.keep({ ...read, xml: '<later/>' });
  expect(await kept()).toMatchObject({ xml: '<domain/>' });
  await store.attachments.endAttached(hold.operationId, web.id, null);
  expect(await kept()).toBeNull();
  await store.definitionBackups.keep({ ...read, seenAt: at });
  expect(await kept()).toBeNull();
  await store.definitionBackups.keep({ ...read, seenAt: '9999-01-01T00:00:00.000Z' });
  expect(await kept()).not.toBeNull();
});
