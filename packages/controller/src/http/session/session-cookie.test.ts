import fastify from 'fastify';
import { expect, test } from 'vitest';
import { TrustedProxies } from '../openstack/public-url.ts';
import { tokenInCookie } from './session-cookie.ts';

test.each([
  ['gAAAAABn-x_Y', 'gAAAAABn-x_Y'],
  // Keystone's signed tokens.
  ['eyJh.eyJz.c2ln-_', 'eyJh.eyJz.c2ln-_'],
  ['a b', null],
  ['"quoted"', null],
  ['', null],
])('the token in a cookie of %s is %s', async (value, token) => {
  const app = fastify();
  app.decorate('place', {
    publicUrl: 'http://ferry',
    region: '',
    proxies: new TrustedProxies(),
    consoleOrigins: [],
  });
  app.get('/', (request) => ({ token: tokenInCookie(request) }));
  const reply = await app.inject({
    url: '/',
    headers: { cookie: `other=1; ferry-session=${value}; more=2` },
  });
  expect(reply.json()).toEqual({ token });
});
