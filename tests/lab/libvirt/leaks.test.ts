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
/** Memory that the engine would take to be fast, for new objects and for compiling, would hide what is kept. */
const flags = ['--expose-gc', '--optimize-for-size', '--max-semi-space-size=2'];

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
  const report = JSON.parse(stdout) as Record<'before' | 'afterHalf' | 'afterAll' | 'atEnd', Held>;
  // 50,000 calls that each left 12 bytes, or 500 connections that each left 1 KiB, would be over this.
  const [half, all] = [report.afterHalf, report.afterAll];
  expect(all.heapBytes - half.heapBytes).toBeLessThan(512 * kib);
  expect(all.bufferBytes - half.bufferBytes).toBeLessThan(512 * kib);
  expect(all.rssBytes - half.rssBytes).toBeLessThan(8 * kib * kib);
  // Of all connections only the one that lasts is held, and not even that in the end.
  const { files, resources } = report.before;
  for (const held of [half, all]) {
    expect(held).toMatchObject({ files: files + 1, listeners: 0 });
    expect(held.resources).toHaveLength(resources.length + 1);
  }
  expect(report.atEnd).toMatchObject({ files, resources, listeners: 0 });
});
