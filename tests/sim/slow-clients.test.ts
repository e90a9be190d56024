import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ask, onLoopback } from './openstack-caller.ts';
import { Stage } from './world.ts';

/** Short, for those who send nothing at all. */
const short = { headMs: 300, bodyMs: 300, uploadIdleMs: 300 } as const;
const large = 10_000_000;

/** The controller's two doors. */
const doors: readonly (readonly [string, (stage: Stage) => Socket])[] = [
  ['the address', (stage) => connect(Number(new URL(stage.url).port), '127.0.0.1')],
  ['the socket', (stage) => connect(join(stage.dataDirectory, 'ferry.sock'))],
];
const [[, byAddress]] = doors as [(typeof doors)[0]];

/** All that a connection is told until it is closed. */
async function told(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (part) => (text += part.toString('latin1')));
  socket.on('error', () => undefined);
  if (!socket.closed) await once(socket, 'close');
  return text;
}

function tokenOf(stage: Stage): string {
  return readFileSync(join(stage.dataDirectory, 'admin.token'), 'utf8').trim();
}

function head(stage: Stage, request: string, more: readonly string[] = []): string {
  return [request, 'Host: ferry', `X-Auth-Token: ${tokenOf(stage)}`, ...more, '', ''].join('\r\n');
}

async function newImage(stage: Stage): Promise<string> {
  const { body } = await ask(stage, 'POST', '/image/v2/images', {
    body: { name: 'tiny', disk_format: 'raw', container_format: 'bare' },
  });
  return (body as { id: string }).id;
}

test.each(doors)(
  'by %s: a head, a body or an upload that does not come is told so with 408',
  async (_, open) => {
    await using stage = await Stage.open({}, { ...onLoopback, doors: short });
    for (const begun of ['', 'GET /v2.1 HTTP/1.1\r\nHost: fer']) {
      const socket = open(stage);
      socket.write(begun);
      expect(await told(socket)).toMatch(
        /^HTTP\/1.1 408 .*No whole head of a request has come within 0.3 s/s,
      );
    }
    for (const page of [
      '/ferry/v1/volumes',
      '/v2.1/servers',
      '/identity/v3/auth/tokens',
      '/image/v2/images',
      '/volume/v3/volumes',
    ]) {
      const socket = open(stage);
      const json = ['Content-Type: application/json', `Content-Length: 500`];
      socket.write(`${head(stage, `POST ${page} HTTP/1.1`, json)}{"name":`);
      const answer = await told(socket);
      expect([page, answer]).toEqual([
        page,
        expect.stringMatching(/^HTTP\/1.1 408 .*The whole body of the request has not come within 0.3 s/s),
      ]);
    }
    const id = await newImage(stage);
    const upload = open(stage);
    const bytes = ['Content-Type: application/octet-stream', `Content-Length: ${large}`];
    upload.write(`${head(stage, `PUT /image/v2/images/${id}/file HTTP/1.1`, bytes)}some`);
    expect(await told(upload)).toMatch(/^HTTP\/1.1 408 .*No more bytes have come within 0.3 s/s);
  },
);

test('an upload that goes on slowly takes longer than any limit, and is taken', async () => {
  const limits = { headMs: 5_000, bodyMs: 5_000, uploadIdleMs: 5_000 };
  await using stage = await Stage.open({}, { ...onLoopback, doors: limits });
  const id = await newImage(stage);
  const socket = byAddress(stage);
  const answer = told(socket);
  const bytes = ['Content-Type: application/octet-stream', 'Content-Length: 2048', 'Connection: close'];
  socket.write(head(stage, `PUT /image/v2/images/${id}/file HTTP/1.1`, bytes));
  for (let sent = 0; sent < 2048; sent += 128) {
    await pause(350);
    socket.write(Buffer.alloc(128));
  }
  expect(await answer).toMatch(/^HTTP\/1.1 204 /);
});

test('a body that breaks off ends nothing but itself, whenever it does', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const id = await newImage(stage);
  for (const [request, type] of [
    [`PUT /image/v2/images/${id}/file`, 'application/octet-stream'],
    ['PUT /image/v2/images/none/file', 'application/octet-stream'],
    ['POST /v2.1/servers', 'application/json'],
    ['POST /nowhere', 'application/octet-stream'],
  ] as const) {
    for (const sent of ['', '{"some":', 'x'.repeat(100_000)]) {
      const socket = byAddress(stage);
      const more = [`Content-Type: ${type}`, `Content-Length: ${large}`];
      socket.on('error', () => undefined);
      await new Promise<void>((resolve) => {
        socket.write(head(stage, `${request} HTTP/1.1`, more) + sent, () => resolve());
      });
      socket.destroy();
    }
  }
  expect((await ask(stage, 'GET', `/image/v2/images/${id}`)).body.status).toMatch(/queued|saving/);
});

test('a body that nobody wants is not waited for longer than others', async () => {
  await using stage = await Stage.open({}, { ...onLoopback, doors: short });
  const socket = byAddress(stage);
  const bytes = ['Content-Type: application/octet-stream', `Content-Length: ${large}`];
  const dribble = setInterval(() => socket.write('x'), 200);
  socket.write(['PUT /image/v2/images/x/file HTTP/1.1', 'Host: ferry', ...bytes, '', ''].join('\r\n'));
  // That it is closed at all is what counts: who goes on sending then can lose what they were told, as TCP has it.
  expect(await told(socket)).toMatch(/^(HTTP\/1.1 401 |$)/);
  clearInterval(dribble);
});

test('a stream of events is not ended by them', async () => {
  await using stage = await Stage.open({}, { ...onLoopback, doors: short });
  const events = byAddress(stage);
  let text = '';
  events.on('data', (part) => (text += part.toString('latin1')));
  events.write(head(stage, 'GET /ferry/v1/events HTTP/1.1', [`Authorization: Bearer ${tokenOf(stage)}`]));
  await once(events, 'data');
  // Longer than each of the limits, by their own clock.
  for (let round = 0; round < 3; round += 1) await told(byAddress(stage));
  expect(text).toMatch(/^HTTP\/1.1 200 /);
  expect([events.closed, events.readableEnded]).toEqual([false, false]);
  events.destroy();
});

test('those who send nothing shut nobody out: the one that waits longest goes', async () => {
  await using stage = await Stage.open({}, { ...onLoopback, doors: { maxWaiting: 5 } });
  const idle = Array.from({ length: 5 }, () => byAddress(stage));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const answers = idle.map((socket) => told(socket));
  expect((await ask(stage, 'GET', '/v2.1')).status).toBe(200);
  expect(await Promise.race(answers)).toMatch(/^HTTP\/1.1 503 .*too-many-connections/s);
  for (const socket of idle) socket.destroy();
});

test('where all connections are at work, the next is refused', async () => {
  await using stage = await Stage.open({}, { ...onLoopback, doors: { maxConnections: 2 } });
  const busy = [byAddress(stage), byAddress(stage)];
  for (const socket of busy) {
    socket.write(head(stage, 'GET /ferry/v1/events HTTP/1.1', [`Authorization: Bearer ${tokenOf(stage)}`]));
    await once(socket, 'data');
  }
  for (const [, open] of doors)
    expect(await told(open(stage))).toMatch(/^HTTP\/1.1 503 .*too-many-connections/s);
  expect(busy.map(({ closed }) => closed)).toEqual([false, false]);
  for (const socket of busy) socket.destroy();
});
