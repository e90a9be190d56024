import { expect, test } from 'vitest';
import { disksAddress } from './disks-address.ts';

const cookie = (nbd: string): Uint8Array =>
  Buffer.from(`<qemu-migration>\n  <name>web</name>\n  ${nbd}\n</qemu-migration>\n\0`);

test.each([
  { uri: 'tcp:203.0.113.12:49152', host: '203.0.113.12' },
  { uri: 'tcp://compute12.example:49152', host: 'compute12.example' },
  { uri: 'tcp:[2001:db8::12]:49152', host: '2001:db8::12' },
])('$uri: the host of the URI and the port of the cookie', ({ uri, host }) => {
  expect(disksAddress(uri, cookie("<nbd port='49153'/>"))).toEqual({ host, port: 49_153 });
});

test('not known where the cookie tells no port, or the URI no host', () => {
  expect(disksAddress('tcp:203.0.113.12:49152', cookie('<nbd/>'))).toBeNull();
  expect(disksAddress('tcp:203.0.113.12:49152', new Uint8Array())).toBeNull();
  expect(disksAddress('unix:///run/migrate.sock', cookie("<nbd port='49153'/>"))).toBeNull();
});
