import { expect, test } from 'vitest';
import { disksAddress, whyNotSentTo } from './coordinated-migration.ts';

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

test.each([
  'tcp:203.0.113.12:49152',
  'tcp://compute12.example:49152',
  'tcp:compute_12:1',
  'tcp:[2001:db8::12]:49152',
  'tcp://203.0.113.12:65535/',
])('a guest is sent to %s', (uri) => {
  expect(whyNotSentTo(uri)).toBeNull();
});

test.each([
  ['unix:///var/run/libvirt/libvirt-sock', 'tcp:HOST:PORT'],
  ['rdma://203.0.113.12:49152', 'tcp:HOST:PORT'],
  ['exec:/bin/sh', 'tcp:HOST:PORT'],
  ['fd:3', 'tcp:HOST:PORT'],
  ['tcp:203.0.113.12', 'tcp:HOST:PORT'],
  ['tcp:-x:49152', 'tcp:HOST:PORT'],
  ['tcp://h:1/system?command=x', 'tcp:HOST:PORT'],
  ['tcp:203.0.113.12:0', 'the port 0'],
  ['tcp:203.0.113.12:70000', 'the port 70000'],
  ['tcp:127.0.0.1:49152', 'migration_host'],
  ['tcp:0.0.0.0:49152', 'migration_host'],
  ['tcp:127.1:49152', 'migration_host'],
  ['tcp:2130706433:49152', 'migration_host'],
  ['tcp:[::1]:49152', 'migration_host'],
  ['tcp:[::ffff:127.0.0.1]:49152', 'migration_host'],
  ['tcp:localhost:49152', 'migration_host'],
  ['', 'tcp:HOST:PORT'],
])('none is sent to %s', (uri, why) => {
  expect(whyNotSentTo(uri)).toContain(why);
});
