import { expect, test } from 'vitest';
import { credentialPaths } from './tls-credentials.ts';

const system = {
  ca: '/etc/pki/CA/cacert.pem',
  revoked: '/etc/pki/CA/cacrl.pem',
  cert: '/etc/pki/libvirt/clientcert.pem',
  key: '/etc/pki/libvirt/private/clientkey.pem',
};
const own = '/home/ann/.pki/libvirt';

function paths(pkipath: string | null, uid: number, there: readonly string[]): unknown {
  return credentialPaths(pkipath, uid, '/home/ann', (path) => there.includes(path));
}

test('a directory that the URI names holds all, there or not', () => {
  expect(paths('/p', 7, [])).toEqual({
    ca: '/p/cacert.pem',
    revoked: '/p/cacrl.pem',
    cert: '/p/clientcert.pem',
    key: '/p/clientkey.pem',
  });
});

test('root has those of the system; so has everybody who has none', () => {
  expect(paths(null, 0, [`${own}/cacert.pem`])).toEqual(system);
  expect(paths(null, 7, [])).toEqual(system);
});

test('a user has their own CA, and their own certificate only together with its key', () => {
  expect(paths(null, 7, [`${own}/cacert.pem`, `${own}/clientcert.pem`])).toEqual({
    ...system,
    ca: `${own}/cacert.pem`,
  });
  expect(paths(null, 7, [`${own}/clientkey.pem`, `${own}/clientcert.pem`])).toEqual({
    ...system,
    cert: `${own}/clientcert.pem`,
    key: `${own}/clientkey.pem`,
  });
});
