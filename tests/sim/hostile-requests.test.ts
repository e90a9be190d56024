import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listening, type NovaRequests } from './nova-request.ts';
import { ask } from './openstack-caller.ts';
import type { Stage } from './world.ts';

let stage: Stage;
let nova: NovaRequests;
beforeAll(async () => {
  ({ stage, nova } = await listening());
});
afterAll(() => stage[Symbol.asyncDispose]());

/** A page of each API that makes addresses, looks something up, or reads a body. */
const pages = ['/ferry/v1/instances/', '/v2.1/servers/', '/identity/v3/users/', '/image/v2/images/'];
const bodies: readonly (readonly [string, string])[] = [
  ['POST', '/ferry/v1/volumes'],
  ['POST', '/v2.1/servers'],
  ['POST', '/identity/v3/projects'],
  ['POST', '/image/v2/images'],
  ['DELETE', '/network/v2.0/networks/x'],
];

async function status(method: string, path: string, headers = {}): Promise<number> {
  return (await ask(stage, method, path, { headers })).status;
}

/** `fetch` sets Host itself. */
function statusWithHost(path: string, host: string, name = 'host'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${stage.url}${path}`, { headers: { [name]: host } }, (reply) => {
      resolve(reply.statusCode ?? 0);
      reply.destroy();
    });
    asked.once('error', reject);
    asked.end();
  });
}

describe('a Host that is none', () => {
  test.each(['a b', '::', 'a/b', 'a@b', 'host:port', 'http://a', '[', '%'])('%s', async (host) => {
    for (const path of [
      '/',
      '/v2.1',
      '/identity',
      '/image/versions',
      '/network',
      '/volume',
      '/ferry/v1/health',
    ]) {
      expect([path, await statusWithHost(path, host)]).toEqual([path, 400]);
      expect([path, await statusWithHost(path, host, 'x-forwarded-host')]).toEqual([path, 400]);
    }
  });

  test.each(['ferry', 'ferry.example:8779', '10.0.0.1', '[fd00::1]:8779', 'a_b'])(
    '%s is one',
    async (host) => {
      expect(await statusWithHost('/v2.1', host)).toBe(200);
    },
  );
});

test('NUL in a path, a query or a body is refused with 400 by every API', async () => {
  for (const page of pages) {
    expect([page, await status('GET', `${page}a%00b`)]).toEqual([page, 400]);
    expect([page, await status('GET', `${page}?name=%00`)]).toEqual([page, 400]);
  }
  for (const [method, path] of bodies)
    expect([path, (await ask(stage, method, path, { body: { name: 'a\0b' } })).status]).toEqual([path, 400]);
  expect((await nova.post('/servers', { text: 'a\0b' })).status).toBe(400);
});

test('a body that is nested deeply is refused with 400 before anybody looks into it', async () => {
  const headers = { 'content-type': 'application/json' };
  for (const [method, path] of bodies) {
    const deep = Buffer.from(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    const reply = await ask(stage, method, path, { body: deep, headers });
    expect([path, reply.status]).toEqual([path, 400]);
    expect([path, reply.text.includes('nested')]).toEqual([path, true]);
  }
});

test('a patch of an image is bounded like any body', async () => {
  const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  const body = Buffer.from(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
  const reply = await ask(stage, 'PATCH', '/image/v2/images/x', { body, headers });
  expect([reply.status, reply.text.includes('nested')]).toEqual([400, true]);
});

test('what is wrong twenty thousand times is told in a short answer', async () => {
  const wrong = Array.from({ length: 20_000 }, (_, index) => index);
  const told = [
    await ask(stage, 'PUT', '/v2.1/servers/x/tags', { minor: 96, body: { tags: wrong } }),
    await ask(stage, 'POST', '/v2.1/servers', { minor: 96, body: { server: { networks: wrong } } }),
    await ask(stage, 'POST', '/ferry/v1/volumes', { body: { hosts: wrong, size: wrong } }),
    await ask(stage, 'POST', '/ferry/v1/instances/x/check', {
      body: { kind: 'live-migration', accept: wrong },
    }),
  ];
  for (const { status: code, text } of told) {
    expect(code).toBe(400);
    expect(text.length).toBeLessThan(8_000);
  }
  expect(told.some(({ text }) => /and \d+ more/.test(text))).toBe(true);
});

describe('a word that every object knows is no word of a list', () => {
  test.each(['constructor', '__proto__', 'toString'])('%s', async (word) => {
    expect((await nova.get(`/servers/detail?sort_key=${word}`)).status).toBe(400);
    expect((await nova.get(`/flavors/detail?sort_key=${word}`)).status).toBe(400);
    expect(await nova.get(`/servers/detail?power_state=${word}`)).toMatchObject({ body: { servers: [] } });
    const id = await stage.guest({ name: `w${word.length}` });
    const asked = { remote_console: { protocol: 'vnc', type: word } };
    expect((await nova.post(`/servers/${id}/remote-consoles`, asked)).status).toBe(400);
  });
});

describe('a time of the right form that is none', () => {
  const none = ['2030-01-31T25:61:00Z', '2030-99-99T00:00:00Z'];
  test.each(none)('%s is refused, wherever one is asked for', async (time) => {
    const at = encodeURIComponent(time);
    const answers = [
      await ask(stage, 'GET', `/ferry/v1/migrations?since=${at}`),
      await ask(stage, 'GET', `/ferry/v1/audit?until=${at}`),
      await ask(stage, 'POST', '/ferry/v1/doctor', { body: { at: time } }),
      await ask(stage, 'POST', '/ferry/v1/plans', { body: { goal: { kind: 'balance' }, deadline: time } }),
      await ask(stage, 'GET', `/v2.1/servers/detail?changes-since=${at}`),
      await ask(stage, 'GET', `/v2.1/os-simple-tenant-usage?start=${at}`),
    ];
    expect(answers.map((one) => one.status)).toEqual(answers.map(() => 400));
    for (const { text } of answers) expect(text).toContain(time);
  });
});
