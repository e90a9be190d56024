import { expect, test } from 'vitest';
import { Look } from '../contract/call.ts';
import { fakeDaemon } from './fake-daemon.test-support.ts';
import { LibvirtPools } from './libvirt-pools.ts';

const poolOf = (name: string): { name: string; uuid: Uint8Array } => ({ name, uuid: new Uint8Array(16) });
const xmlOf = (name: string, path: string): string =>
  `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>`;

const daemon = (
  answers: Parameters<typeof fakeDaemon>[0],
): { readonly pools: LibvirtPools; readonly calls: string[] } => {
  const { connection, calls } = fakeDaemon(answers);
  return { pools: new LibvirtPools(connection), calls };
};

test('of an active pool nothing is asked but where it is and what is in it now', async () => {
  const { pools, calls } = daemon({
    storagePoolLookupByTargetPath: () => ({ pool: poolOf('images') }),
    storageVolLookupByName: () => ({ vol: { pool: 'images', name: 'web', key: '/images/web' } }),
  });
  expect((await pools.volume('/images/web', {}))?.name).toBe('web');
  expect(calls).toEqual(['storagePoolLookupByTargetPath', 'storagePoolRefresh', 'storageVolLookupByName']);
});

test('one look asks once for a directory, however many files are looked for in it; what must be there is looked at anew', async () => {
  const { pools, calls } = daemon({ storagePoolLookupByTargetPath: () => ({ pool: poolOf('images') }) });
  const call = { look: new Look() };
  await Promise.all([pools.volume('/images/web', call), pools.volume('/images/base', call)]);
  await pools.volume('/images/web', call);
  expect(calls.filter((one) => one === 'storagePoolRefresh')).toHaveLength(1);
  await pools.need('/images', call);
  await pools.volume('/images/web', {});
  expect(calls.filter((one) => one === 'storagePoolRefresh')).toHaveLength(3);
});

test('a look that failed is no answer for the next', async () => {
  const answers = ['deadline', { pool: poolOf('images') }];
  const { pools } = daemon({ storagePoolLookupByTargetPath: () => answers.shift() });
  const call = { look: new Look() };
  await expect(pools.fresh('/images', call)).rejects.toMatchObject({ code: 'deadline' });
  expect((await pools.fresh('/images', call))?.name).toBe('images');
});

test('a pool that another question takes away while they are looked through is passed over', async () => {
  const { pools, calls } = daemon({
    storagePoolLookupByTargetPath: () => 'no-image',
    connectListAllStoragePools: () => ({ pools: [poolOf('of-a-device'), poolOf('images')] }),
    storagePoolGetXmlDesc: ({ pool }) =>
      (pool as { name: string }).name === 'images' ? { xml: xmlOf('images', '/images') } : 'no-image',
    storagePoolIsActive: () => ({ active: 0 }),
  });
  expect((await pools.fresh('/images', {}))?.name).toBe('images');
  expect(calls.slice(-3)).toEqual(['storagePoolIsActive', 'storagePoolCreate', 'storagePoolRefresh']);
});

test('an active pool that somebody stops before it is looked into is started again', async () => {
  let refreshed = 0;
  const { pools, calls } = daemon({
    storagePoolLookupByTargetPath: () => ({ pool: poolOf('images') }),
    storagePoolRefresh: () => {
      refreshed += 1;
      return refreshed === 1 ? 'wrong-state' : {};
    },
    storagePoolIsActive: () => ({ active: 0 }),
  });
  await pools.fresh('/images', {});
  expect(calls).toEqual([
    'storagePoolLookupByTargetPath',
    'storagePoolRefresh',
    'storagePoolIsActive',
    'storagePoolCreate',
    'storagePoolRefresh',
  ]);
});
