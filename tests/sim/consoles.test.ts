import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import type { Duplex } from 'node:stream';
import { expect, inject, test } from 'vitest';
import { clientFrame, ConsoleSocket, refusedUpgrade, serverBytes, silentPeer } from './console-socket.ts';
import { IdentityStage } from './identity-stage.ts';
import { listening, NovaRequests } from './nova-request.ts';
import { onLoopback } from './openstack-caller.ts';
import { runFerry, talkToFerry } from './run-ferry.ts';
import { Stage, until } from './world.ts';

const pty =
  "<serial type='pty'><source path='/dev/pts/1'/><target port='0'/><alias name='serial0'/></serial>";
const vnc = "<graphics type='vnc' port='5901' listen='0.0.0.0'/>";
const serial = { remote_console: { protocol: 'serial', type: 'serial' } };
const novnc = { remote_console: { protocol: 'vnc', type: 'novnc' } };

interface Told {
  readonly remote_console: { readonly protocol: string; readonly type: string; readonly url: string };
}

/** A guest with those devices, on a disk that all hosts have. */
async function guestWith(stage: Stage, devices: string, name = 'web'): Promise<string> {
  const id = await stage.guest({ name, directory: '/shared' });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('the guest is there');
  domain.xml = domain.xml.replace('</devices>', `${devices}</devices>`);
  return id;
}

const message = (text: string): unknown => expect.stringContaining(text);

async function urlOf(nova: NovaRequests, id: string, wanted: object = serial): Promise<string> {
  const { status, body } = await nova.post<Told>(`/servers/${id}/remote-consoles`, wanted);
  expect({ status, body }).toMatchObject({ status: 200, body: wanted });
  return body.remote_console.url;
}

test('what is typed goes to the guest, and what it says comes back', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const url = await urlOf(nova, id);
  expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/console\/stream\?token=[\w-]{43}$/);
  const console = await ConsoleSocket.open(url, ['binary', 'base64']);
  expect(console.protocol).toBe('binary');
  console.type('hello');
  await console.shows('hello');
  console.close();
  // The token is good until it ends, and the console free when it was left.
  await stage.hostsShow(() => stage.world.openConsoles.size === 0);
  const again = await ConsoleSocket.open(url);
  again.type('once more');
  await again.shows('once more');
  again.close();
});

/** A console as clients of Nova's proxies ask for it, by raw frames: at a path of theirs. */
async function proxied(
  url: string,
  at: { readonly path: string; readonly cookie?: string; readonly protocol?: string },
): Promise<Duplex> {
  const { cookie, protocol } = at;
  return silentPeer(new URL(at.path, url).href, undefined, {
    ...(cookie === undefined ? {} : { cookie }),
    ...(protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }),
  });
}

test('a token is taken at any path, in the query or in a cookie, as Nova has them', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const url = await urlOf(nova, await guestWith(stage, pty));
  const token = new URL(url).searchParams.get('token') ?? '';
  for (const at of [
    { path: '/websockify', cookie: `lang=en; token=${token}` },
    { path: `/?token=${token}` },
    { path: `/vnc_lite.html?path=${encodeURIComponent(`?token=${token}`)}` },
  ]) {
    const peer = await proxied(url, { ...at, protocol: 'binary' });
    peer.write(clientFrame(Buffer.from('hello')));
    expect(String(await serverBytes(peer, 5))).toBe('hello');
    peer.destroy();
    await stage.hostsShow(() => stage.world.openConsoles.size === 0);
  }
  // Such clients read on behind the head of an answer.
  const refused = new Promise<[number, string]>((resolve) => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', cookie: 'token=bad' };
    request(`${stage.url}/websockify`, { headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    }).end();
  });
  expect(await refused).toEqual([401, '']);
  const origin = { origin: 'https://evil.example.org', cookie: `token=${token}` };
  await expect(silentPeer(`${stage.url}/websockify`, undefined, origin)).rejects.toThrow('403');
});

test('texts, base64 and messages in pieces arrive as the bytes that they are; too large ones end it', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const url = await urlOf(nova, await guestWith(stage, pty));
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  const left = (): Promise<void> => stage.hostsShow(() => stage.world.openConsoles.size === 0);
  const plain = await proxied(url, { path });
  plain.write(clientFrame(Buffer.from('grüß'), { opcode: 1 }));
  expect(String(await serverBytes(plain, 6))).toBe('grüß');
  plain.destroy();
  await left();

  const older = await proxied(url, { path, protocol: 'base64' });
  older.write(clientFrame(Buffer.from(Buffer.from('login\n').toString('base64')), { opcode: 1 }));
  expect(Buffer.from(String(await serverBytes(older, 8)), 'base64').toString()).toBe('login\n');
  older.destroy();
  await left();

  const large = Buffer.alloc(900 * 1024, 'x');
  const pieces = await proxied(url, { path, protocol: 'binary' });
  pieces.write(clientFrame(large.subarray(0, 400_000), { last: false }));
  pieces.write(clientFrame(large.subarray(400_000, 400_001), { opcode: 0, last: false }));
  pieces.write(clientFrame(large.subarray(400_001), { opcode: 0 }));
  expect((await serverBytes(pieces, large.length)).equals(large)).toBe(true);
  pieces.destroy();
  await left();

  const tooMuch = await ConsoleSocket.open(url);
  tooMuch.type('x'.repeat(1024 * 1024 + 1));
  expect(await tooMuch.ends()).toMatchObject({ code: 1009 });
});

test('a controller that stops waits for no peer: not for one that is silent, nor for one that was refused', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const url = await urlOf(nova, await guestWith(stage, pty));
  const silent = await silentPeer(url);
  const { port, hostname } = new URL(url);
  const refused = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const head = ['Connection: Upgrade', 'Upgrade: websocket', 'Host: ferry', '', ''].join('\r\n');
  refused.write(`GET /console/stream?token=bad HTTP/1.1\r\n${head}`);
  const [answer] = (await once(refused, 'data')) as [Buffer];
  expect(String(answer)).toContain('401 Refused');
  // The session of a host that hangs is not open yet.
  stage.world.faults.plan('compute11', 'consoles.openSerial', 'hang');
  const pending = silentPeer(`${url}&force=1`).catch((error: unknown) => String(error));
  await until('it is asked for', () =>
    stage.world.faults.hung('compute11', 'consoles.openSerial') > 0 ? true : null,
  );
  await stage.crash();
  expect(await pending).toContain('Error');
  const told = await serverBytes(silent, 1);
  expect([told.readUInt16BE(0), told.subarray(2).toString()]).toEqual([1012, 'the controller stops']);
  refused.destroy();
});

test('the older actions give the same, each of its type', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty + vnc);
  const older = nova.as(5);
  expect(await older.action(id, { 'os-getSerialConsole': { type: 'serial' } })).toMatchObject({
    status: 200,
    body: { console: { type: 'serial', url: expect.stringMatching(/^ws:.*token=/) as string } },
  });
  expect(await older.action(id, { 'os-getVNCConsole': { type: 'novnc' } })).toMatchObject({
    status: 200,
    body: {
      console: { type: 'novnc', url: expect.stringMatching(/^http:.*\/console\/vnc\?token=/) as string },
    },
  });
  for (const action of [
    { 'os-getVNCConsole': { type: 'xvpvnc' } },
    { 'os-getSPICEConsole': { type: 'spice-html5' } },
    { 'os-getRDPConsole': { type: 'rdp-html5' } },
  ])
    expect(await older.action(id, action)).toMatchObject({
      status: 400,
      body: { badRequest: { message: expect.stringContaining('Unavailable console type') as string } },
    });
  expect(await nova.action(id, { 'os-getSerialConsole': { type: 'serial' } })).toMatchObject({ status: 400 });
});

test.each([
  [5, serial, 404],
  [6, { remote_console: { protocol: 'mks', type: 'webmks' } }, 400],
  [8, { remote_console: { protocol: 'mks', type: 'webmks' } }, 400],
  [8, { remote_console: { protocol: 'spice', type: 'spice-html5' } }, 400],
  [8, { remote_console: { protocol: 'serial', type: 'novnc' } }, 400],
  [8, { remote_console: { protocol: 'serial' } }, 400],
])('in 2.%i %j is refused with %i', async (minor, wanted, status) => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty + vnc);
  expect(await nova.as(minor).post(`/servers/${id}/remote-consoles`, wanted)).toMatchObject({ status });
});

test('a guest without that console, one that is off, and a host that is silent are told apart', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, '');
  const path = `/servers/${id}/remote-consoles`;
  expect(await nova.post(path, serial)).toMatchObject({
    status: 400,
    body: { badRequest: { message: message('has no serial console that can be opened') } },
  });
  await expect(stage.client().requestConsole('web', { kind: 'vnc' })).rejects.toMatchObject({
    code: 'no-console',
    status: 409,
  });
  const off = await stage.guest({ name: 'off', state: 'shutoff' });
  expect(await nova.post(`/servers/${off}/remote-consoles`, serial)).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: message('is not ready') } },
  });
  stage.world.host('compute11').up = false;
  expect(await nova.post(path, serial)).toMatchObject({ status: 502 });
});

test('a reader is given no console, and nobody one of another project', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const path = `/servers/${id}/remote-consoles`;
  expect(await nova.as(96, 'reader').post(path, serial)).toMatchObject({ status: 403 });
  await expect(stage.client('reader').requestConsole('web', { kind: 'serial' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await nova.as(96, 'operator').post(path, serial)).toMatchObject({ status: 200 });
});

test('a token that is not known, one that has ended, and one of a guest that is gone open nothing', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const { stage, nova } = await listening({ now: () => new Date(now).toISOString() });
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const url = await urlOf(nova, id);
  const refused = { status: 401, body: { error: { code: 'console-refused' } } };
  expect(await refusedUpgrade(url.replace(/token=..../, 'token=AAAA'))).toMatchObject(refused);
  expect(await refusedUpgrade(url.replace(/\?.*/, ''))).toMatchObject(refused);
  const open = await ConsoleSocket.open(url);
  now += 600_001;
  expect(await refusedUpgrade(url)).toMatchObject(refused);
  // One that is open stays open.
  open.type('still here');
  await open.shows('still here');
  const later = await urlOf(nova, id);
  await nova.delete(`/servers/${id}`);
  expect(await open.ends()).toMatchObject({ code: 4404 });
  expect(await refusedUpgrade(later)).toMatchObject(refused);
});

test('the second one is refused, unless they take it: then the first one is told', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const url = await urlOf(nova, id);
  const first = await ConsoleSocket.open(url);
  expect(await refusedUpgrade(url)).toMatchObject({
    status: 409,
    body: { error: { code: 'console-in-use' } },
  });
  const second = await ConsoleSocket.open(`${url}&force=1`);
  expect(await first.ends()).toEqual({ code: 4409, reason: 'somebody else has opened the console' });
  second.type('mine');
  await second.shows('mine');
  second.close();
});

test('a console goes on where its guest goes, and what is typed on the way arrives', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const console = await ConsoleSocket.open(await urlOf(nova, id));
  console.type('before');
  await console.shows('before');
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  await stage.called('compute12', 'consoles.openSerial');
  console.type('after');
  await console.shows('after');
  expect(console.end).toBeNull();
  console.close();
});

test('what is typed while the guest is nowhere is kept for its next host', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const console = await ConsoleSocket.open(await urlOf(nova, id));
  stage.world.faults.plan('compute11', 'consoles.openSerial', 'unreachable', 1000);
  const [open] = stage.world.openConsoles.values();
  const asked = stage.world.faults.calls.length;
  await open?.close();
  await stage.calledSince(asked, 'compute11', 'consoles.openSerial');
  console.type('patience');
  stage.world.faults.clear('consoles.openSerial');
  await console.shows('patience');
  expect(console.text).toBe('patience');
  console.close();
});

test('a console of a guest that is switched off ends', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const console = await ConsoleSocket.open(await urlOf(nova, id));
  expect(await nova.action(id, { 'os-stop': null })).toMatchObject({ status: 202 });
  expect(await console.ends()).toEqual({ code: 1000, reason: 'the instance does not run' });
});

/** How many scripts a script loads, itself included; fails where one is not served. */
async function scriptsOf(first: URL): Promise<number> {
  const seen = new Set([first.href]);
  for (const url of seen) {
    const response = await fetch(url);
    expect({ url, status: response.status }).toEqual({ url, status: 200 });
    expect(response.headers.get('content-type')).toContain('javascript');
    for (const [, name = ''] of (await response.text()).matchAll(
      /^(?:import|export)\b[^;"'`]*["'](\.[^"']+)["']/gm,
    ))
      seen.add(new URL(name, url).href);
  }
  return seen.size;
}

test('the page of a serial console has all that it loads', async () => {
  await using stage = (await listening()).stage;
  const page = `${stage.url}/console/serial?token=any`;
  expect(await (await fetch(page)).text()).toContain('assets/serial.js');
  expect(await scriptsOf(new URL('assets/serial.js', page))).toBe(2);
  const style = await fetch(new URL('assets/xterm.css', page));
  expect(style.headers.get('content-type')).toContain('text/css');
});

test('a screen is reached by the same token as its page', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, vnc);
  const page = await urlOf(nova, id, novnc);
  const shown = await fetch(page);
  expect(shown.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(await shown.text()).toContain('assets/vnc.js');
  expect(await scriptsOf(new URL('assets/vnc.js', page))).toBeGreaterThan(10);
  for (const path of ['assets/novnc/package.json', 'assets/%2e%2e/console-pages.ts', 'assets/nothing.js'])
    expect((await fetch(new URL(path, page))).status).toBe(404);
  const screen = await ConsoleSocket.open(page.replace('/console/vnc', '/console/stream'));
  await screen.shows('RFB 003.008\n');
  const asked = await nova.get<{ console: object }>(
    `/os-console-auth-tokens/${new URL(page).searchParams.get('token') ?? ''}`,
  );
  expect(asked.body).toEqual({
    console: { instance_uuid: id, host: 'compute11', port: 5901, internal_access_path: null },
  });
  screen.close();
});

test('a screen that is not reached is told, with what was tried', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, vnc);
  stage.world.host('compute11').screensReached = false;
  expect(await nova.post(`/servers/${id}/remote-consoles`, novnc)).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: expect.stringContaining('0.0.0.0:5901') as string } },
  });
});

test('what a token stands for is for administrators', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const token = new URL(await urlOf(nova, id)).searchParams.get('token') ?? '';
  const path = `/os-console-auth-tokens/${token}`;
  expect((await nova.get(path)).body).toEqual({
    console: { instance_uuid: id, host: 'compute11', port: null, internal_access_path: null },
  });
  expect(await nova.as(30).get(path)).toMatchObject({ status: 401 });
  expect(await nova.get('/os-console-auth-tokens/none')).toMatchObject({ status: 404 });
  expect(await nova.as(96, 'operator').get(path)).toMatchObject({ status: 403 });
});

test('a controller takes so many consoles and no more', async () => {
  const stage = await Stage.open({ maxConsoles: 1 }, onLoopback);
  await using _ = stage;
  const nova = new NovaRequests(stage);
  const web = await guestWith(stage, pty, 'web');
  const db = await guestWith(stage, pty, 'db');
  const console = await ConsoleSocket.open(await urlOf(nova, web));
  const url = await urlOf(nova, db);
  expect(await refusedUpgrade(url)).toMatchObject({
    status: 503,
    body: { error: { code: 'too-many-consoles' } },
  });
  console.close();
  await console.ends();
  (await ConsoleSocket.open(url)).close();
});

test('a console whose owner gives no sign of life is free for others', async () => {
  const stage = await Stage.open({ consoleBeatMs: 20 }, onLoopback);
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const silent = await silentPeer(await urlOf(new NovaRequests(stage), id));
  expect(stage.world.openConsoles.size).toBe(1);
  await stage.hostsShow(() => stage.world.openConsoles.size === 0);
  silent.destroy();
});

test('another upgrade than that of a console is a plain request, whatever its address is', async () => {
  const { stage } = await listening();
  await using _ = stage;
  for (const path of ['/ferry/v1/nothing', '//:', '/console/streams?tokens=%'])
    expect(await refusedUpgrade(`${stage.url}${path}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'route-not-found' } },
    });
});

test('a controller that stops ends its consoles', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await guestWith(stage, pty);
  const console = await ConsoleSocket.open(await urlOf(nova, id));
  await stage.crash();
  await console.ends();
  expect(stage.world.openConsoles.size).toBe(0);
});

test('the command line joins a terminal with it, over the unix socket', async () => {
  await using stage = (await listening()).stage;
  await guestWith(stage, pty);
  const left = await talkToFerry(
    stage,
    ['console', 'web'],
    [
      { when: 'Ctrl-] leaves it', type: 'uname -a\n' },
      { when: 'uname -a\n', type: '\u001d' },
    ],
  );
  expect(left.code).toBe(0);
  expect((await runFerry(stage, ['console', 'nobody'])).code).toBe(6);
});

/** A member of a project of their own, whose the instance is, and the address of its serial console. */
async function memberAtConsole(): Promise<{
  identity: IdentityStage;
  ada: { id: string; projectId: string };
  token: string;
  instance: string;
  url: string;
}> {
  const identity = await IdentityStage.open();
  const ada = await identity.member('ada');
  const instance = await guestWith(identity.stage, pty);
  give(identity, instance, ada.projectId);
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const reply = await identity.ask('POST', `/v2.1/servers/${instance}/remote-consoles`, {
    token,
    body: serial,
    headers: { 'openstack-api-version': 'compute 2.96' },
  });
  expect(reply.status).toBe(200);
  const { url } = (reply.body as Told).remote_console;
  return { identity, ada, token, instance, url };
}

/** Gives an instance to a project, as an administrator of the database would. */
function give({ stage }: IdentityStage, instance: string, project: string): void {
  const database = new DatabaseSync(stage.database);
  database.prepare('update instance_profile set project_id = ? where instance_id = ?').run(project, instance);
  database.close();
}

type Ending = (at: Awaited<ReturnType<typeof memberAtConsole>>) => Promise<unknown>;
const endings: [string, Ending][] = [
  [
    'a role that is taken away',
    async ({ identity, ada }) =>
      identity.must(
        204,
        'DELETE',
        `/projects/${ada.projectId}/users/${ada.id}/roles/${await identity.roleId('member')}`,
      ),
  ],
  [
    'a user that is disabled',
    ({ identity, ada }) => identity.must(200, 'PATCH', `/users/${ada.id}`, { user: { enabled: false } }),
  ],
  [
    'a token that is revoked',
    ({ identity, token }) =>
      identity.ask('DELETE', '/identity/v3/auth/tokens', {
        token: identity.admin,
        headers: { 'x-subject-token': token },
      }),
  ],
  [
    'an instance that is given to another project',
    async ({ identity, instance }) => {
      give(identity, instance, 'another');
      await Promise.resolve();
    },
  ],
];
// Only there is the database a file that a test opens beside the controller.
test.runIf(inject('postgresUrl') === undefined).each(endings)(
  '%s ends consoles that are open, and tokens of consoles that are not used yet',
  async (_what, end) => {
    const at = await memberAtConsole();
    await using _ = at.identity;
    const console = await ConsoleSocket.open(at.url);
    console.type('hello');
    await console.shows('hello');
    await end(at);
    expect(await console.ends()).toEqual({ code: 4403, reason: 'the right to this console has ended' });
    expect(await refusedUpgrade(at.url)).toMatchObject({
      status: 401,
      body: { error: { code: 'console-refused' } },
    });
  },
);

test("a page of another site gets no console, one of the controller's own or a named one does", async () => {
  const { stage, nova } = await listening({ consoleOrigins: ['https://horizon.example.org'] });
  await using _ = stage;
  const url = await urlOf(nova, await guestWith(stage, pty));
  for (const origin of ['https://evil.example.org', 'null', 'http://127.0.0.1'])
    expect(await refusedUpgrade(url, undefined, { origin })).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'console-origin-refused',
          message: expect.stringMatching(`^The page is of ${origin}, .*https://horizon`) as string,
        },
      },
    });
  for (const origin of [stage.url, 'https://horizon.example.org', undefined]) {
    const peer = await silentPeer(url, undefined, origin === undefined ? {} : { origin });
    peer.destroy();
    await stage.hostsShow(() => stage.world.openConsoles.size === 0);
  }
});
