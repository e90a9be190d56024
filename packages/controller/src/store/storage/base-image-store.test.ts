import type { Host } from '@ferry/model';
import { beforeEach, describe, expect, test } from 'vitest';
import { Store } from '../store.ts';

const host: Host = {
  id: 'host-a',
  name: 'a',
  uri: 'x://a',
  peerUri: 'x://a',
  trustedCopyAddress: null,
  networks: { map: {}, define: false },
  storage: { pools: {}, paths: {}, define: false },
  removeUnusedImages: false,
  imageDirectory: null,
  screenAddress: null,
  screenTls: false,
  allowedDirectories: [],
  labels: {},
  fence: null,
  maintenance: null,
  service: { state: 'up', reason: '', status: 'enabled', lastSeenAt: null },
  facts: null,
};
const file = { hostId: host.id, path: '/images/base.qcow2', lengthBytes: 100, changedAt: '17.5' };
const at = '2026-01-01T00:00:00.000Z';

let store: Store;
beforeEach(async () => {
  store = await Store.open(':memory:', () => at);
  await store.hosts.add(host);
});

test('a digest is known as long as the file is the same', async () => {
  await store.baseImages.keepDigest(file, 'aa');
  expect(await store.baseImages.known(file)).toEqual({ ...file, digest: 'aa', brought: null });
});

test.each([
  ['of another length', { lengthBytes: 101 }],
  ['changed since', { changedAt: '17.6' }],
  ['whose host does not tell when it changed', { changedAt: null }],
  ['at another path', { path: '/images/other.qcow2' }],
])('a file %s is another one', async (_, change) => {
  await store.baseImages.keepDigest(file, 'aa');
  expect(await store.baseImages.known({ ...file, ...change })).toBeNull();
});

test('two files of which it is not told when they changed are not taken for one', async () => {
  await store.baseImages.keepDigest({ ...file, changedAt: null }, 'aa');
  expect(await store.baseImages.known({ ...file, changedAt: null })).toBeNull();
});

describe('a file that was brought', () => {
  const brought = { migrationId: 'm1', at };

  test('keeps what is known of it, in whichever order that is learnt', async () => {
    await store.baseImages.keepBrought(file, null, 'm1');
    await store.baseImages.keepDigest(file, 'aa');
    expect(await store.baseImages.known(file)).toEqual({ ...file, digest: 'aa', brought });
    await store.baseImages.keepBrought(file, null, 'm1');
    expect(await store.baseImages.list(host.id)).toEqual([{ ...file, digest: 'aa', brought }]);
  });

  test('is told of once', async () => {
    await store.baseImages.keepBrought(file, 'aa', 'm1');
    await store.baseImages.keepBrought(file, 'aa', 'm1');
    const told = (await store.events.after(0)).filter(({ message }) => message.includes('was brought by'));
    expect(told).toMatchObject([{ kind: 'host.updated', subjectId: host.id }]);
  });

  test('is not Ferry’s any more when another file takes its place', async () => {
    await store.baseImages.keepBrought(file, 'aa', 'm1');
    await store.baseImages.keepDigest({ ...file, changedAt: '18' }, 'bb');
    expect(await store.baseImages.list(host.id)).toEqual([
      { ...file, changedAt: '18', digest: 'bb', brought: null },
    ]);
  });

  test('is forgotten when it is gone', async () => {
    await store.baseImages.keepBrought(file, 'aa', 'm1');
    await store.baseImages.forget(file);
    expect(await store.baseImages.list(host.id)).toEqual([]);
  });
});

test('whether unused images go is kept with the host', async () => {
  await store.hosts.setRemoveUnusedImages(host.id, true);
  expect(await store.hosts.byId(host.id)).toMatchObject({ removeUnusedImages: true });
});
