import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { TrustedProxies } from './public-url.ts';

const named = new TrustedProxies(['127.0.0.1', '10.1.0.0/16', '2001:db8:1::/48']);

function from(remoteAddress: string | undefined, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return named.clientAddress({ socket: { remoteAddress }, headers } as unknown as IncomingMessage);
}

test.each([
  ['203.0.113.9', '192.0.2.1', '203.0.113.9'],
  ['127.0.0.2', '192.0.2.1', '127.0.0.2'],
  ['127.0.0.1', '192.0.2.1', '192.0.2.1'],
  ['::ffff:127.0.0.1', '192.0.2.1', '192.0.2.1'],
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['127.0.0.1', 'unknown', '127.0.0.1'],
  // What the client itself sent stands before what the proxy added.
  ['127.0.0.1', '198.51.100.1, 192.0.2.1', '192.0.2.1'],
  ['127.0.0.1', '198.51.100.1, 192.0.2.1, 10.1.2.3', '192.0.2.1'],
  ['2001:db8:1::7', '2001:db8:2::1', '2001:db8:2::1'],
  ['10.1.2.3', '10.1.9.9', '10.1.9.9'],
] as const)('a request from %s for %s came from %s', (peer, forwarded, expected) => {
  expect(from(peer, forwarded)).toBe(expected);
});

test('on the own socket nobody is believed, and nobody is where none is named', () => {
  expect(from(undefined, '192.0.2.1')).toBe('local');
  const nobody = new TrustedProxies();
  const request = { socket: { remoteAddress: '127.0.0.1' }, headers: { 'x-forwarded-for': '192.0.2.1' } };
  expect(nobody.clientAddress(request as unknown as IncomingMessage)).toBe('127.0.0.1');
});
