import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FerryServer } from './ferry-server.ts';
import { readSample, shapeDifferences } from './shape.ts';

let ferry: FerryServer;
let token: string;

beforeAll(async () => {
  ferry = await FerryServer.start();
  token = await ferry.token();
});

afterAll(async () => {
  await ferry[Symbol.asyncDispose]();
});

/** The request of a sample, asked of Ferry: its own address, password and token put in. */
function asked(
  sample: string,
  change: (text: string) => string = (text) => text,
): ReturnType<FerryServer['request']> {
  const { method, url, body } = readSample(sample).request;
  const path = `/identity${new URL(url).pathname}${new URL(url).search}`;
  const text = JSON.stringify(body ?? null)
    .replaceAll('"REDACTED"', JSON.stringify(ferry.environment()['OS_PASSWORD']))
    .replaceAll('"TOKEN"', JSON.stringify(token));
  const sent = JSON.parse(change(text)) as unknown;
  return ferry.request(method, path, {
    ...(path.includes('/auth/tokens') && method === 'POST' ? {} : { token }),
    ...(sent === null ? {} : { body: sent }),
  });
}

test.each([
  'keystone-versions',
  'keystone-v3',
  'keystone-auth-password-project',
  'keystone-auth-password-unscoped',
  'keystone-auth-password-system',
  'keystone-auth-password-nocatalog',
  'keystone-auth-token-method',
  'keystone-auth-unknown-project',
  'keystone-auth-malformed',
  'keystone-auth-catalog',
  'keystone-auth-domains',
  'keystone-auth-projects',
  'keystone-auth-system',
  'keystone-domains',
  'keystone-endpoints',
  'keystone-projects',
  'keystone-regions',
  'keystone-role_assignments',
  'keystone-roles',
  'keystone-services',
  'keystone-users',
])('%s: the same status, headers and shape', async (name) => {
  const { response } = readSample(name);
  const actual = await asked(name);
  expect(actual.status).toBe(response.status);
  expect(shapeDifferences(actual.body, response.body)).toEqual([]);
  for (const header of ['Location', 'Vary', 'X-Subject-Token', 'WWW-Authenticate'])
    expect([header, actual.headers.has(header)]).toEqual([header, header in response.headers]);
  expect(actual.headers.get('content-type')).toMatch(/^application\/json/);
});

test('a wrong password is refused as by Keystone', async () => {
  const { response } = readSample('keystone-auth-wrong-password');
  const actual = await ferry.request('POST', '/identity/v3/auth/tokens', {
    body: {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'admin', domain: { id: 'default' }, password: 'wrong' } },
        },
      },
    },
  });
  expect(actual.status).toBe(response.status);
  expect(actual.body).toEqual(response.body);
  expect(actual.headers.get('www-authenticate')).toBe(`Keystone uri="${ferry.url}/identity/v3"`);
});

test('without a token', async () => {
  const { response } = readSample('keystone-unauthorized');
  const actual = await ferry.request('GET', '/identity/v3/users');
  expect([actual.status, actual.body]).toEqual([response.status, response.body]);
});

test('what only an administrator may do is refused to others in the same words', async () => {
  const { response } = readSample('keystone-forbidden');
  const reader = readFileSync(join(ferry.stage.dataDirectory, 'reader.token'), 'utf8').trim();
  const actual = await ferry.request('GET', '/identity/v3/users', { token: reader });
  expect([actual.status, actual.body]).toEqual([response.status, response.body]);
});

test('tokens are looked at and ended as in Keystone', async () => {
  const subject = await ferry.token();
  const headers = { 'x-subject-token': subject };
  const shown = await ferry.request('GET', '/identity/v3/auth/tokens', { token, headers });
  const { response } = readSample('keystone-token-validate');
  expect(shown.status).toBe(200);
  expect(shown.headers.get('x-subject-token')).toBe(subject);
  expect(shapeDifferences(shown.body, response.body)).toEqual([]);
  const head = await ferry.request('HEAD', '/identity/v3/auth/tokens', { token, headers });
  const { status } = readSample('keystone-token-head').response;
  expect([head.status, head.headers.get('x-subject-token')]).toEqual([status, subject]);
  const revoked = await ferry.request('DELETE', '/identity/v3/auth/tokens', { token, headers });
  expect(revoked.status).toBe(readSample('keystone-token-revoke').response.status);
  const bad = readSample('keystone-token-validate-bad').response;
  const gone = await ferry.request('GET', '/identity/v3/auth/tokens', { token, headers });
  expect(gone.status).toBe(bad.status);
  expect(shapeDifferences(gone.body, bad.body)).toEqual([]);
});
