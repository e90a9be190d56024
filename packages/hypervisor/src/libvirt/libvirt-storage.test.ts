import { expect, test } from 'vitest';
import { fakeDaemon } from './fake-daemon.test-support.ts';
import { LibvirtStorage } from './libvirt-storage.ts';

const path = '/images/base.qcow2';
const vol = { pool: 'images', name: 'base.qcow2', key: path };
const xml = `<volume type='file'><name>base.qcow2</name><capacity unit='bytes'>1024</capacity>
<allocation unit='bytes'>512</allocation><target><path>${path}</path><format type='qcow2'/></target></volume>`;
const pool = { name: 'images', uuid: new Uint8Array(16) };

/** A host with the image, or without it, by what each of these calls sees in turn. */
function storage(seen: { readonly lookups: boolean[]; readonly descriptions: boolean[] }): LibvirtStorage {
  const { connection } = fakeDaemon({
    storagePoolLookupByTargetPath: () => ({ pool }),
    storageVolLookupByName: () => (seen.lookups.shift() === true ? { vol } : 'no-image'),
    storageVolGetXmlDesc: () => (seen.descriptions.shift() === true ? { xml } : 'no-image'),
  });
  return new LibvirtStorage(connection);
}

test('an image that goes while it is looked at is not there', async () => {
  const gone = storage({ lookups: [true, false], descriptions: [false] });
  expect(await gone.image(path)).toBeNull();
});

test('one that is made anew meanwhile is there', async () => {
  const anew = storage({ lookups: [true, true], descriptions: [false, true] });
  expect(await anew.image(path)).toMatchObject({ path, format: 'qcow2', capacityBytes: 1024 });
});

test('of one that comes and goes nothing is said', async () => {
  const neither = storage({ lookups: [true, true], descriptions: [false, false] });
  await expect(neither.image(path)).rejects.toMatchObject({ code: 'no-image' });
});
