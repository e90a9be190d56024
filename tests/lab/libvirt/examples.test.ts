import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Lab, type LabHost } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTo, shellGuestXml } from './shell-guest.ts';

const examples = new URL('../../../packages/libvirt/examples/', import.meta.url).pathname;
const name = 'shell';
let lab: Lab;
let source: LabHost;
let target: LabHost;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-examples-'));
  lab = await Lab.up({ name: 'lvexamples', hosts: 2 });
  source = lab.host('compute11');
  target = lab.host('compute12');
  const connection = await connectTo(source);
  const screen = "<graphics type='vnc'/><video><model type='vga'/></video>";
  await connection.call('domainCreateXml', { xmlDesc: shellGuestXml(name, screen), flags: 0 });
  await connection.close();
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

const uriOf = (host: LabHost): string => `qemu+unix:///system?socket=${host.socketPath}`;

function start(example: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(examples, example), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Runs an example to its end, which must be a good one; gives what it printed. */
async function run(example: string, ...args: string[]): Promise<string> {
  const child = start(example, ...args);
  child.stdin?.end();
  const [printed, [code]] = await Promise.all([text(child.stdout as Readable), once(child, 'close')]);
  expect({ code, printed }).toMatchObject({ code: 0 });
  return printed;
}

test('list-domains', async () => {
  expect(await run('list-domains.ts', uriOf(source))).toMatch(
    /^shell is running, [\d.]+ s of processor time$/m,
  );
});

test('follow-events, ended by Ctrl-C', async () => {
  const child = start('follow-events.ts', uriOf(source));
  const output = child.stdout?.[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  expect(String((await output.next()).value)).toBe('following\n');
  await source.virsh('suspend', name);
  expect(String((await output.next()).value)).toContain('shell suspended');
  await source.virsh('resume', name);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});

test('screenshot', async () => {
  const file = join(folder, 'screen.png');
  expect(await run('screenshot.ts', uriOf(source), name, file)).toMatch(/image\/png, \d+ bytes/);
  expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
});

test('console: what is typed comes back, and Ctrl-] leaves it', async () => {
  const child = start('console.ts', uriOf(source), name);
  const ended = once(child, 'exit');
  const type = setInterval(() => child.stdin?.write('\n'), 200);
  let said = '';
  // Read on to its end: an output that nobody reads any more would end it too.
  child.stdout?.on('data', (piece: Buffer) => {
    said += String(piece);
    if (!said.includes('# ')) return;
    clearInterval(type);
    if (child.stdin?.writableEnded === false) child.stdin.end('\u001d');
  });
  expect(await ended).toEqual([0, null]);
  expect(said).toContain('# ');
});

test('copy-volume: holes stay holes on the way to another host', async () => {
  const path = '/var/lib/libvirt/images/example.raw';
  const make = `truncate -s 64M ${path} && virsh -q pool-refresh default`;
  await target.execOk(['sh', '-c', make]);
  const fill = `head -c 1M /dev/urandom > ${path}; ${make}; sha256sum < ${path}`;
  const sum = await source.execOk(['sh', '-c', fill]);
  expect(await run('copy-volume.ts', uriOf(source), path, uriOf(target), path)).toContain('copied');
  expect(await target.execOk(['sh', '-c', `sha256sum < ${path}`])).toBe(sum);
  expect(Number(await target.execOk(['stat', '-c', '%b', path])) * 512).toBeLessThan(4 * 1024 * 1024);
});

test('migrate: the guest is on the other host after', async () => {
  await target.execOk(['rm', '-f', '/var/lib/libvirt/images/example.raw']);
  await source.execOk([
    'sh',
    '-c',
    'virsh -q dumpxml shell > /tmp/shell.xml; virsh -q define /tmp/shell.xml',
  ]);
  expect(await run('migrate.ts', uriOf(source), name, target.uri)).toContain('moved');
  expect(await lab.runners(name)).toEqual(['compute12']);
});
