import { expect, test } from 'vitest';
import { guestAddress, guestXml } from './guest-xml.ts';

const shape = {
  name: 'web',
  uuid: '11111111-2222-4333-8444-555555555555',
  number: 10,
  memoryMib: 96,
  disk: { path: '/var/lib/libvirt/images/web.img', format: 'raw' },
  commands: ['dirty:16:8'],
  kvm: false,
} as const;

test('number gives address, hardware address and tap', () => {
  expect(guestAddress(10)).toBe('203.0.113.150');
  const xml = guestXml(shape);
  expect(xml).toContain('lab.ip=203.0.113.150/25 lab.dirty:16:8');
  expect(xml).toContain("<mac address='52:54:00:fe:01:0a'/>");
  expect(xml).toContain("<target dev='tap10'/>");
});

test('it can be plugged in elsewhere', () => {
  const xml = guestXml({ ...shape, plug: { type: 'direct', xml: "<source dev='eth1' mode='bridge'/>" } });
  expect(xml).toMatch(/<interface type='direct'>\s+<mac address='52:54:00:fe:01:0a'\/>\s+<source dev='eth1'/);
  expect(xml).not.toContain('tap10');
});

test('the disk is given with its format', () => {
  const xml = guestXml(shape);
  expect(xml).toContain("<driver name='qemu' type='raw' cache='none'/>");
  expect(xml).toContain("<source file='/var/lib/libvirt/images/web.img'/>");
});

test('a small translation cache is for emulated guests alone', () => {
  expect(guestXml(shape)).toContain("<domain type='qemu'>");
  expect(guestXml(shape)).toContain('tb-cache');
  expect(guestXml({ ...shape, kvm: true })).toContain("<domain type='kvm'>");
  expect(guestXml({ ...shape, kvm: true })).not.toContain('tb-cache');
});

test('its serial port is a file, unless somebody is to type into it; a screen is there when it is wanted', () => {
  expect(guestXml(shape)).toContain("<serial type='file'>");
  expect(guestXml(shape)).not.toContain('graphics');
  const xml = guestXml({ ...shape, serial: 'pty', screen: '0.0.0.0' });
  expect(xml).toContain("<serial type='pty'>");
  expect(xml).toContain("<graphics type='vnc' autoport='yes' listen='0.0.0.0'/>");
});
