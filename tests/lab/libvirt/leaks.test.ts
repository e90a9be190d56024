import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Lab } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The same program that the client's own tests run on a daemon of their own. */
const program = join(
  dirname(fileURLToPath(import.meta.resolve('@ferry/libvirt'))),
  'leak-run.test-support.ts',
);
const kib = 1024;
/** A young generation that does not grow with how fast garbage is made: the process's memory shows what is kept. */
const flags = ['--expose-gc', '--max-semi-space-size=2'];

/** What the program says of each of its stages. */
interface Held {
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly rssBytes: number;
  readonly files: number;
  readonly resources: readonly string[];
}

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.up({ name: 'lvleaks', hosts: [{}] });
});
afterAll(async () => {
  await lab?.down();
});

test("100,000 calls and 1,000 connections to libvirt's test driver leave nothing behind", async () => {
  const [host] = lab.hosts;
  if (host === undefined) throw new Error('no host');
  const uri = `test+unix:///default?socket=${encodeURIComponent(host.socketPath)}`;
  const run = JSON.stringify({ uri, calls: 100_000, connects: 1_000 });
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, run]);
  const report = JSON.parse(stdout) as Record<'before' | 'afterHalf' | 'atEnd', Held>;
  const { before, afterHalf, atEnd } = report;
  // 50,000 calls that each left 12 bytes, or 500 connections that each left 1 KiB, would be over this.
  expect(atEnd.heapBytes - afterHalf.heapBytes).toBeLessThan(512 * kib);
  expect(atEnd.bufferBytes - afterHalf.bufferBytes).toBeLessThan(512 * kib);
  expect(atEnd.rssBytes - afterHalf.rssBytes).toBeLessThan(8 * kib * kib);
  const nothingMore = { files: before.files, resources: before.resources, listeners: 0 };
  expect(afterHalf).toMatchObject(nothingMore);
  expect(atEnd).toMatchObject(nothingMore);
});
