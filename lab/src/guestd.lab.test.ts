import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { GuestAnswer } from './guest-answer.ts';
import { GuestLink } from './guest-link.ts';
import { Lab } from './lab.ts';
import { LabGuest } from './lab-guest.ts';
import { until } from './processes.ts';
import { must } from './run.ts';

/** The guest's workload run by itself, so that its memory can be damaged: a check that finds nothing proves nothing. */
const pageBytes = 4096;
const areaMib = 8;
let lab: Lab;
let directory = '';
let link: GuestLink;
let guestd: ChildProcess;
let guest: LabGuest;

beforeAll(async () => {
  lab = await Lab.up({ name: 'guestd', hosts: 1 });
  directory = mkdtempSync(join(tmpdir(), 'guestd-'));
  const source = join(import.meta.dirname, '../guest/guestd.c');
  await must(['gcc', '-O2', '-static', '-pthread', '-o', join(directory, 'guestd'), source]);
});
afterAll(async () => {
  await lab?.down();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  link = new GuestLink(lab.ctl);
  guestd = lab.ctl.spawn([join(directory, 'guestd'), `dirty:${areaMib}:400`], { stdio: 'ignore' });
  guest = new LabGuest(link, { name: 'bare', uuid: '', number: 0, address: '127.0.0.1', diskPath: '' });
});
afterEach(() => {
  guestd.kill('SIGKILL');
  link.close();
});

/** The counters after the whole memory has been gone through so many times more. */
async function afterPasses(count: number): Promise<GuestAnswer> {
  const { passes } = await guest.waitAlive();
  return until(`${count} passes`, 60_000, async () => {
    const answer = await guest.stat();
    return answer !== null && answer.passes >= passes + count ? answer : null;
  });
}

/** Changes pages while the workload stands still; `area` is where its memory begins. */
function change(work: (memory: number, area: number) => void): void {
  const pid = guestd.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  const memory = openSync(`/proc/${pid}/mem`, 'r+');
  try {
    work(memory, findArea(pid, memory));
  } finally {
    closeSync(memory);
    process.kill(pid, 'SIGCONT');
  }
}

/** Threads' stacks look like the area from outside, and may be joined to it: it is known by its first page's content. */
function findArea(pid: number, memory: number): number {
  const word = Buffer.alloc(8);
  for (const [, from, to] of readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) rw/gm,
  )) {
    for (let page = Number(`0x${from}`); page < Number(`0x${to}`); page += pageBytes) {
      readSync(memory, word, 0, 8, page + 8);
      if (word.readBigUInt64LE() === firstWord) return page;
    }
  }
  throw new Error('the area of the workload was not found');
}

/** What guestd.c's `word_of(0, 1)` gives. */
const firstWord = ((): bigint => {
  const seed = BigInt.asUintN(64, 2n * 0x9e3779b97f4a7c15n);
  const mixed = BigInt.asUintN(64, (seed ^ (seed >> 30n)) * 0xbf58476d1ce4e5b9n);
  return mixed ^ (mixed >> 31n);
})();

test('memory that is left alone has no bad page', async () => {
  expect(await afterPasses(70)).toMatchObject({ bad: 0 });
});

test('a page of an earlier pass is bad', async () => {
  await afterPasses(2);
  change((memory, area) => {
    const word = Buffer.alloc(8);
    readSync(memory, word, 0, 8, area + 20 * pageBytes);
    word.writeBigUInt64LE(word.readBigUInt64LE() - 1n);
    writeSync(memory, word, 0, 8, area + 20 * pageBytes);
  });
  expect(await afterPasses(2)).toMatchObject({ bad: 1 });
});

// Eight of 511 words are looked at in a pass: after 64 passes all of them.
test("another page's content is bad, in every pass until all is seen", async () => {
  await afterPasses(2);
  change((memory, area) => {
    const page = Buffer.alloc(pageBytes);
    readSync(memory, page, 0, pageBytes, area + 30 * pageBytes);
    writeSync(memory, page, 8, pageBytes - 8, area + 31 * pageBytes + 8);
  });
  expect((await afterPasses(70)).bad).toBeGreaterThanOrEqual(64);
});

test('one changed bit is bad', async () => {
  await afterPasses(2);
  change((memory, area) => {
    const byte = Buffer.alloc(1);
    readSync(memory, byte, 0, 1, area + 40 * pageBytes + 3000);
    byte.writeUInt8(byte.readUInt8(0) ^ 1, 0);
    writeSync(memory, byte, 0, 1, area + 40 * pageBytes + 3000);
  });
  expect((await afterPasses(70)).bad).toBeGreaterThan(0);
});
