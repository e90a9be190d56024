import { expect, test } from 'vitest';
import { addressOf } from '../copy-image.ts';

test.each([
  ['qemu+ssh://root@compute12:2222/system?no_tty=1', 'compute12'],
  ['qemu+tcp://203.0.113.12/system', '203.0.113.12'],
  ['qemu+tls://[2001:db8::12]:16514/system', '2001:db8::12'],
  ['qemu:///system', null],
  ['qemu+unix:///system?socket=/run/libvirt/libvirt-sock', null],
])('%s', (uri, address) => {
  expect(addressOf(uri)).toBe(address);
});
