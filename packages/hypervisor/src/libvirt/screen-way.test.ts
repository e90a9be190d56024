import { parseLibvirtUri } from '@ferry/libvirt';
import { expect, test } from 'vitest';
import { screenWay } from './open-screen.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  compute11: ['203.0.113.11', '2001:db8::11'],
  'screens.compute11': ['203.0.113.11'],
  'inside.example.org': ['127.0.0.1'],
  'other.example.org': ['203.0.113.12'],
  both: ['203.0.113.12', '203.0.113.11'],
  mine: ['127.0.1.1'],
  '0': ['0.0.0.0'],
  '127.1': ['127.0.0.1'],
};
const resolve = (name: string): Promise<readonly string[]> =>
  Promise.resolve(names[name] ?? (/^[\d.]+$|:/.test(name) ? [name] : []));

const way = (uri: string, address: string) => screenWay(parseLibvirtUri(uri), address, resolve);

test.each([
  ['203.0.113.11', '203.0.113.11'],
  ['screens.compute11', '203.0.113.11'],
  ['both', '203.0.113.11'],
  ['2001:db8:0:0::11', '2001:db8::11'],
  ['::ffff:203.0.113.11', '203.0.113.11'],
  ['0.0.0.0', '203.0.113.11'],
  ['0', '203.0.113.11'],
  ['::', '203.0.113.11'],
  ['0:0::0', '203.0.113.11'],
  ['::ffff:0.0.0.0', '203.0.113.11'],
  ['', '203.0.113.11'],
])('a screen on %j of its host is dialled at %s', async (address, dialled) => {
  expect(await way('qemu+tls://compute11/system', address)).toEqual({ kind: 'tcp', address: dialled });
});

test.each([
  ['127.0.0.1', "its host's own loopback"],
  ['127.1', "its host's own loopback"],
  ['127.9.9.9', "its host's own loopback"],
  ['::1', "its host's own loopback"],
  ['::ffff:127.0.0.1', "its host's own loopback"],
  ['::ffff:7f00:1', "its host's own loopback"],
  ['inside.example.org', "its host's own loopback"],
  ['203.0.113.12', 'by 203.0.113.11, 2001:db8::11, and not by 203.0.113.12'],
  ['other.example.org', 'and not by 203.0.113.12'],
  ['169.254.169.254', 'and not by 169.254.169.254'],
  ['nowhere.example.org', 'and not by nowhere.example.org'],
])('a screen on %j is dialled by its host alone', async (address, because) => {
  for (const uri of ['qemu+tcp://compute11/system', 'qemu+ssh://compute11/system'])
    expect(await way(uri, address)).toEqual({
      kind: 'shell',
      address: names[address]?.[0] ?? address,
      because: expect.stringContaining(because),
    });
});

test('a host whose name leads to the controller has no address that is dialled', async () => {
  for (const address of ['0.0.0.0', '127.0.1.1', '127.0.0.1'])
    expect(await way('qemu+tcp://mine/system', address)).toMatchObject({ kind: 'shell' });
  expect(await way('qemu+tcp://127.0.0.1/system', '0.0.0.0')).toEqual({ kind: 'tcp', address: '127.0.0.1' });
});

test('a way without a host, and a name that ssh alone knows, leave the host to dial', async () => {
  const program = 'qemu+ext:///system?command=/opt/way';
  for (const uri of [program, 'qemu+unix:///system?socket=/run/x', 'qemu+ssh://alias/system'])
    expect(await way(uri, '0.0.0.0')).toMatchObject({ kind: 'shell', address: '127.0.0.1' });
});

test.each(['127.0.0.1', '::1', '0.0.0.0', '203.0.113.99', 'other.example.org'])(
  'a screen of the own machine on %j is reached here',
  async (address) => {
    expect(await way('qemu:///system', address)).toMatchObject({
      kind: 'tcp',
      address: address === '::1' ? '::1' : '127.0.0.1',
    });
  },
);
