import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { listRoutes } from '@ferry/controller';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AnyRequest, anyRequest } from './any-request.ts';
import { ask } from './openstack-caller.ts';
import { ServerStage } from './server-world.ts';

const mebibyte = 1024 ** 2;
/** What the controller and the simulated hosts together may have kept of thousands of requests. */
const maxKeptBytes = 128 * mebibyte;
const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 2 ** 31);
const path = process.env['FERRY_PATH'];

let servers: ServerStage;
let ids: string[];
let token = '';
const failed: string[] = [];
beforeAll(async () => {
  const log = pino(
    { level: 'error' },
    {
      write: (line: string) => {
        failed.push(line);
      },
    },
  );
  servers = await ServerStage.open({ log });
  const { stage, imageId } = servers;
  token = readFileSync(join(stage.dataDirectory, 'admin.token'), 'utf8').trim();
  const server = await servers.created();
  await servers.becomes(server, 'ACTIVE');
  const user = { name: 'u', password: '12345678' };
  const made = await ask(stage, 'POST', '/identity/v3/users', { body: { user } });
  ids = [imageId, server, made.body.user.id as string, '1', 'u', 'web', 'compute11', 'compute12'];
});
afterAll(() => servers[Symbol.asyncDispose]());

/** Sends it as an administrator, who gets furthest; the status. */
async function send({ method, path: page, headers, body }: AnyRequest): Promise<number> {
  const { stage } = servers;
  const stop = new AbortController();
  const response = await fetch(`${stage.url}${page}`, {
    method,
    headers: { 'x-auth-token': token, ...headers },
    ...(body === null ? {} : { body }),
    redirect: 'manual',
    signal: stop.signal,
  });
  // A stream of events has no end.
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) stop.abort();
  else await response.arrayBuffer();
  return response.status;
}

function usedBytes(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

async function fuzz(
  runs: number,
  seconds: number,
): Promise<{ keptBytes: number; isThrough: boolean; after: number }> {
  process.stdout.write(`requests from FERRY_SEED=${seed}\n`);
  const routes = await listRoutes();
  const asked = routes.filter(({ method }) => method !== 'UPGRADE');
  let count = 0;
  let before = 0;
  const answered = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(anyRequest(asked, ids), async (request) => {
      count += 1;
      // What is made once has been made by then.
      if (count === 200) before = usedBytes();
      const status = await send(request);
      answered.set(status, (answered.get(status) ?? 0) + 1);
      if (status === 500) throw new Error(`500: ${failed.at(-1) ?? 'nothing is in the log'}`);
    }),
    { seed, ...(path === undefined ? {} : { path }), numRuns: runs, interruptAfterTimeLimit: seconds * 1000 },
  );
  process.stdout.write(
    `${count} requests, by status: ${[...answered].map(([status, times]) => `${status}: ${times}`).join(', ')}\n`,
  );
  const isSeenAgain = path !== undefined;
  return {
    keptBytes: before === 0 ? 0 : usedBytes() - before,
    // Not all of them stop at a door.
    isThrough: isSeenAgain || [200, 400, 404].every((status) => answered.has(status)),
    // It still does what it is there for.
    after: (await ask(servers.stage, 'GET', '/v2.1/servers')).status,
  };
}

test('no route fails inside, whatever it is asked', async () => {
  const { keptBytes, isThrough, after } = await fuzz(600, 6);
  expect(keptBytes).toBeLessThan(maxKeptBytes);
  expect([isThrough, after]).toEqual([true, 200]);
});

test('the same for longer', { tags: ['thorough'] }, async () => {
  const { FERRY_RUNS = 30_000, FERRY_SECONDS = 120 } = process.env;
  const { keptBytes, isThrough, after } = await fuzz(Number(FERRY_RUNS), Number(FERRY_SECONDS));
  expect(keptBytes).toBeLessThan(maxKeptBytes);
  expect([isThrough, after]).toEqual([true, 200]);
});
