import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { encodeCredentialCache } from './cache-file.test-support.ts';
import type { Ticket } from './credential-cache.ts';
import { obtainTicket } from './obtain-ticket.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferry-kvno-'));
const programs = join(folder, 'programs');
const scratch = join(folder, 'scratch');
const ann = { nameType: 1, names: ['ann'], realm: 'LAB.EXAMPLE' };
const ticketOf = (service: string): Ticket => ({
  client: ann,
  server: { nameType: 3, names: [service, 'h.lab.example'], realm: 'LAB.EXAMPLE' },
  key: { type: 18, bytes: randomBytes(32) },
  bytes: randomBytes(100),
});

beforeEach(() => {
  for (const directory of [programs, scratch]) mkdirSync(directory);
  vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
  vi.stubEnv('TMPDIR', scratch);
});
afterEach(() => {
  vi.unstubAllEnvs();
  const left = readdirSync(scratch);
  if (left.length > 0) throw new Error(`a ticket was left behind: ${left.join()}`);
  for (const directory of [programs, scratch]) rmSync(directory, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A kvno that runs these lines of shell; the file that it is to write is $cache. */
function kvno(...lines: string[]): void {
  const script = ['#!/bin/sh', 'cache=${3#FILE:}', ...lines];
  writeFileSync(join(programs, 'kvno'), `${script.join('\n')}\n`);
  chmodSync(join(programs, 'kvno'), 0o755);
}

function given(...tickets: Ticket[]): string {
  writeFileSync(join(programs, 'given'), encodeCredentialCache(ann, tickets));
  return `cp ${join(programs, 'given')} "$cache"`;
}

test('the ticket that kvno has written is read; it was asked for libvirt on the host, in a place of our own', async () => {
  const ticket = ticketOf('libvirt');
  const [words, mode] = [join(programs, 'words'), join(programs, 'mode')];
  kvno(
    `echo "$@" >${words}`,
    `stat -c %a "$(dirname "$cache")" >${mode}`,
    given(ticketOf('krbtgt'), ticket, ticketOf('ldap')),
  );
  expect(await obtainTicket('-h', {})).toEqual(ticket);
  expect(readFileSync(words, 'utf8')).toMatch(/^-q --out-cache FILE:\S+ -S libvirt -- -h\n$/);
  expect(readFileSync(mode, 'utf8')).toBe('700\n');
});

test('without a ticket the error has the last words of kvno, and what to do', async () => {
  kvno('echo "kvno: No credentials cache found" >&2', 'exit 1');
  await expect(obtainTicket('h', {})).rejects.toMatchObject({
    code: 'auth-required',
    mayHaveRun: false,
    message: expect.stringMatching(/libvirt on h: .*exit code 1; it said "kvno: No credentials.*kinit/),
  });
});

test('where there is no kvno the error says where it comes from', async () => {
  vi.stubEnv('PATH', programs);
  await expect(obtainTicket('h', {})).rejects.toMatchObject({
    code: 'auth-required',
    message: expect.stringMatching(/ENOENT.*krb5-user/),
  });
});

test('a cache without the ticket, and one that is none', async () => {
  kvno(given(ticketOf('krbtgt')));
  await expect(obtainTicket('h', {})).rejects.toThrow('no ticket for libvirt on h');
  kvno('echo no >"$cache"');
  await expect(obtainTicket('h', {})).rejects.toThrow('none of format 4');
});

test('a realm that does not answer is given up at the deadline', async () => {
  kvno('exec sleep 600');
  await expect(obtainTicket('h', { deadlineMs: 50 })).rejects.toMatchObject({ code: 'deadline-exceeded' });
});

test('an abort ends it, and kvno with it', async () => {
  const file = join(programs, 'pid');
  kvno(`echo $$ >${file}.new`, `mv ${file}.new ${file}`, 'exec sleep 600');
  const controller = new AbortController();
  const attempt = obtainTicket('h', { signal: controller.signal });
  const pid = Number(await vi.waitFor(() => readFileSync(file, 'utf8'), 10_000));
  controller.abort('enough');
  await expect(attempt).rejects.toMatchObject({ code: 'aborted', mayHaveRun: false });
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);
});
