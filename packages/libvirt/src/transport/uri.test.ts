import { expect, test } from 'vitest';
import { parseLibvirtUri } from './uri.ts';

test.each([
  ['qemu:///system', { kind: 'unix', path: '/run/libvirt/libvirt-sock' }, 'qemu:///system'],
  ['qemu+unix:///system?socket=/run/a/sock', { kind: 'unix', path: '/run/a/sock' }, 'qemu:///system'],
  ['qemu+unix:///system?socket=/run/a+b%20c', { kind: 'unix', path: '/run/a+b c' }, 'qemu:///system'],
  ['qemu+tcp://203.0.113.11/system', { kind: 'tcp', host: '203.0.113.11', port: 16509 }, 'qemu:///system'],
  ['qemu+tcp://compute11:1234/system', { kind: 'tcp', host: 'compute11', port: 1234 }, 'qemu:///system'],
  ['qemu+tcp://[2001:db8::1]/system', { kind: 'tcp', host: '2001:db8::1', port: 16509 }, 'qemu:///system'],
  ['test+tcp://h/default', { kind: 'tcp', host: 'h', port: 16509 }, 'test:///default'],
])('%s is understood', (uri, address, driverUri) => {
  expect(parseLibvirtUri(uri)).toEqual({ address, driverUri });
});

test.each([
  'compute11',
  'qemu+tls://h/system',
  'qemu+ssh://root@h/system',
  'qemu://h/system',
  'qemu+tcp://h:99999/system',
  'qemu+tcp:///system',
  'qemu+unix://h/system',
  'qemu+tcp://h/system?no_verify=1',
  'qemu+tcp://h/system?socket=/run/a/sock',
  'qemu+unix:///system?socket=',
])('%s is refused with a typed error', (uri) => {
  expect(() => parseLibvirtUri(uri)).toThrow(
    expect.objectContaining({ code: 'unsupported-uri', mayHaveRun: false }),
  );
});
