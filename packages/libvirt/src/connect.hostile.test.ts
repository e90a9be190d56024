import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from './connect.ts';
import { ClientError, LibvirtError } from './errors.ts';
import { hostileFrames, tiresomeFrames } from './rpc/hostile-frames.test-support.ts';

/** What opens a connection, in the order of the serial numbers. */
const asked = {
  names: ['authList', 'connectOpen', 'connectSupportsFeature'],
  readable: ['connectOpen'],
  firstSerial: 1,
} as const;

const folder = mkdtempSync(join(tmpdir(), 'ferry-hostile-'));
const path = join(folder, 'sock');
const sockets: Socket[] = [];
const server = createServer((socket) => sockets.push(socket.on('error', () => undefined).resume()));

beforeAll(async () => {
  server.listen(path);
  await once(server, 'listening');
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function accepted(): Promise<Socket> {
  for (;;) {
    const socket = sockets.pop();
    if (socket !== undefined) return socket;
    await once(server, 'connection');
  }
}

test('whatever a daemon answers to who connects, that is settled, by a typed error or a connection', {
  timeout: 180_000,
}, async () => {
  const frames = fc.oneof(hostileFrames(asked), tiresomeFrames(asked));
  const property = fc.asyncProperty(frames, fc.boolean(), async (sent, breaks) => {
    const options = { deadlineMs: 10, keepalive: null, configFile: null, credentials: () => null };
    const uri = `test+unix:///default?socket=${encodeURIComponent(path)}`;
    const outcome = connect(uri, options).catch((error: unknown) => error);
    const socket = await accepted();
    for (const frame of sent) {
      if (socket.destroyed) break;
      socket.write(frame);
      await turn();
    }
    if (breaks) socket.destroy();
    const result = await outcome;
    const connection = result instanceof Error ? null : (result as Awaited<ReturnType<typeof connect>>);
    connection?.destroy();
    socket.destroy();
    const typed = result instanceof ClientError || result instanceof LibvirtError;
    if (connection === null && !typed) throw result;
  });
  await expect(fc.assert(property, { numRuns: 150 })).resolves.toBeUndefined();
});
