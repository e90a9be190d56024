import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { FerryClient } from '@ferry/api';
import { startController } from '@ferry/controller';
import { makeOwnAuthority } from '@ferry/controller/set-up';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

let folder: string;
let stage: Stage;
let authority = '';
const certFile = (): string => join(folder, 'server.crt');
const keyFile = (): string => join(folder, 'server.key');

async function makeFiles(): Promise<void> {
  const made = await makeOwnAuthority(['localhost', '127.0.0.1'], 30);
  authority = made.authority;
  writeFileSync(certFile(), made.certificate);
  writeFileSync(keyFile(), made.key, { mode: 0o600 });
  writeFileSync(join(folder, 'ca.crt'), made.authority);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-tls-'));
  await makeFiles();
  const tls = { certFile: certFile(), keyFile: keyFile() };
  stage = await Stage.open({}, { listen: { host: '127.0.0.1', port: 0 }, tls });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('the address speaks TLS, for whoever believes its authority; the socket stays as it was', async () => {
  expect(stage.url).toMatch(/^https:/);
  const { token } = stage.clientOptions('reader');
  const remote = new FerryClient({ url: stage.url, token, authority });
  expect((await remote.hosts()).length).toBe(3);
  expect((await stage.client().hosts()).length).toBe(3);
  const stranger = new FerryClient({ url: stage.url, token });
  await expect(stranger.hosts()).rejects.toMatchObject({
    code: 'controller-unreachable',
    remedy: expect.stringContaining('--cacert') as string,
  });
});

test('the command line comes in by it, and says what to name where it does not believe it', async () => {
  const { token } = stage.clientOptions('reader');
  const words = ['host', 'list', '--url', stage.url, '--token', token];
  const listed = await runFerry(stage, [...words, '--cacert', join(folder, 'ca.crt')]);
  expect([listed.code, listed.out]).toEqual([0, expect.stringContaining('compute12')]);
  const refused = await runFerry(stage, words);
  expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('FERRY_CACERT')]);
});

test('links in its answers are https; plain HTTP gets nothing', async () => {
  const { token } = stage.clientOptions('admin');
  const { port } = new URL(stage.url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca: authority });
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Auth-Token: ${token}\r\nConnection: close\r\n\r\n`,
  );
  let answer = '';
  for await (const part of socket) answer += String(part);
  expect(answer).toContain(`https://127.0.0.1:${port}/v2.1/`);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
});

test.each([
  [
    'a key of another',
    async () => writeFileSync(keyFile(), (await makeOwnAuthority(['x'], 1)).key),
    'is not the key',
  ],
  ['no certificate', async () => writeFileSync(certFile(), 'x'), 'is no certificate in PEM'],
  ['a file that is not there', async () => rmSync(certFile()), 'cannot be read'],
])('%s is refused at the start', async (_, damage, why) => {
  await using other = await Stage.open();
  await makeFiles();
  await damage();
  const tls = { certFile: certFile(), keyFile: keyFile() };
  await other.crash();
  await expect(
    startController({ ...other.options(), listen: { host: '127.0.0.1', port: 0 }, tls }),
  ).rejects.toMatchObject({ code: 'bad-certificate', message: expect.stringContaining(why) as string });
});
