import { expect, test } from 'vitest';
import { parseProbeAddress } from './connectivity-report.ts';

test.each([
  ['10.0.0.5', { protocol: 'icmp', host: '10.0.0.5', port: null }],
  ['icmp:web.example', { protocol: 'icmp', host: 'web.example', port: null }],
  ['tcp:10.0.0.5:22', { protocol: 'tcp', host: '10.0.0.5', port: 22 }],
  ['udp:[2001:db8::5]:7000', { protocol: 'udp', host: '2001:db8::5', port: 7000 }],
] as const)('%s is one', (text, address) => expect(parseProbeAddress(text)).toEqual(address));

test.each([
  '',
  'tcp:10.0.0.5',
  '10.0.0.5:22',
  'icmp:10.0.0.5:22',
  'tcp:10.0.0.5:0',
  'udp:10.0.0.5:65536',
  '-c1',
  'http://10.0.0.5',
  'tcp:a b:1',
])('"%s" is none', (text) => expect(parseProbeAddress(text)).toBeNull());
