import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { ask } from '../sim/ask.ts';
import { OpenStackClients } from './client.ts';
import { ferryCommand } from '../ferry-command.ts';

/** Between its issue and its end, milliseconds, of a token got with what the files of the data directory say. */
async function lifeOfToken(folder: string): Promise<number> {
  const url = /auth_url: "(.*)"/.exec(readFileSync(join(folder, 'clouds.yaml'), 'utf8'))?.[1] ?? '';
  const password = readFileSync(join(folder, 'admin.password'), 'utf8').trim();
  const user = { name: 'admin', domain: { id: 'default' }, password };
  const { body } = await ask(url, 'POST', '/auth/tokens', {
    body: { auth: { identity: { methods: ['password'], password: { user } } } },
  });
  const { token } = body as { token: { issued_at: string; expires_at: string } };
  return Date.parse(token.expires_at) - Date.parse(token.issued_at);
}

test('ferry serve says how the openstack client comes in, and that works at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-serve-'));
  const words = [
    '--data-dir',
    folder,
    '--listen',
    '127.0.0.1:0',
    '--token-expiry',
    '120',
    '--region',
    'north',
  ];
  const server = spawn(ferryCommand, ['serve', ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const lines: string[] = [];
    for await (const line of createInterface(server.stdout)) {
      lines.push(line);
      if (line.startsWith('for the openstack client: ')) break;
    }
    const said = lines.at(-1)?.replace('for the openstack client: ', '') ?? '';
    using clients = OpenStackClients.here({});
    const listed = await clients.run(['sh', '-c', said]);
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    const shown = await clients.run([
      'sh',
      '-c',
      `. ${folder}/openrc; openstack catalog show compute -f json`,
    ]);
    expect(JSON.parse(shown.stdout)).toMatchObject({ endpoints: [{ region: 'north' }, {}, {}] });
    expect(await lifeOfToken(folder)).toBe(120_000);
  } finally {
    const gone = once(server, 'exit');
    server.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
});

test('ferry serve ends at a signal, though a client that was refused a console holds on to its connection', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-serve-'));
  const words = ['serve', '--data-dir', folder, '--listen', '127.0.0.1:0'];
  const server = spawn(ferryCommand, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(server, 'close');
  let log = '';
  server.stderr.on('data', (piece: Buffer) => (log += piece.toString()));
  const lines: string[] = [];
  const output = createInterface(server.stdout);
  const begun = Promise.withResolvers<string>();
  output.on('line', (line) => {
    lines.push(line);
    const [, port] = /^ferry serves at http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port !== undefined) begun.resolve(port);
  });
  try {
    const port = Number(await begun.promise);
    const clients = [1, 2, 3].map(() => connect({ host: '127.0.0.1', port, allowHalfOpen: true }));
    const head = ['Host: ferry', 'Connection: Upgrade', 'Upgrade: websocket', '', ''].join('\r\n');
    for (const client of clients) client.write(`GET /console/stream?token=bad HTTP/1.1\r\n${head}`);
    for (const client of clients)
      expect(String(((await once(client, 'data')) as [Buffer])[0])).toContain('401 Refused');
    server.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
    expect(lines).toContain('stopping');
    expect(log).toContain('"consoles":0,"pending":3');
    for (const client of clients) client.destroy();
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
