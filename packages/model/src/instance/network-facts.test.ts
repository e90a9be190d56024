import { expect, test } from 'vitest';
import { serversOfOneHost } from './network-facts.ts';

test.each([
  ['nas:10809', false],
  ['203.0.113.12:3260', false],
  ['127.0.0.1:10809', true],
  ['localhost', true],
  ['[::1]:10809', true],
  ['unix:/run/nbd.sock', true],
  ['localhost.example.org:1', false],
])('%s means one host alone: %s', (server, local) => {
  const source = { protocol: 'nbd', name: 'web', servers: ['nas:1', server], description: '' };
  expect(serversOfOneHost(source)).toEqual(local ? [server] : []);
});
