import { mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLibvirtUri } from '@ferry/libvirt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SparseDigest } from '../contract/sparse-digest.ts';
import { PythonShell } from './python-shell.ts';

// Each test starts an interpreter, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const mebibyte = 1024 * 1024;
let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-hasher-'));
  file = join(folder, 'base.img');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shell(): PythonShell {
  const found = PythonShell.of(parseLibvirtUri('qemu:///system'));
  if (found === null) throw new Error('this machine has a shell');
  return found;
}

test('a file on its host has the digest that it has through libvirt, and tells what it was like', async () => {
  const begin = Buffer.alloc(2 * mebibyte + 5, 'base');
  writeFileSync(file, begin);
  truncateSync(file, 9 * mebibyte + 3);
  const expected = new SparseDigest();
  expected.add({ kind: 'data', bytes: begin });
  expected.add({ kind: 'hole', lengthBytes: 7 * mebibyte - 2 });
  const found = await shell().digest(file);
  expect(found.digest).toBe(expected.end());
  expect(found.lengthBytes).toBe(9 * mebibyte + 3);
  expect(Number(found.changedAt)).toBeCloseTo(statSync(file).mtimeMs / 1000, 3);
});

test('a time without a fraction is told as libvirt tells it', async () => {
  utimesSync(file, 1_700_000_000, 1_700_000_000);
  expect((await shell().digest(file)).changedAt).toBe('1700000000');
});

test('a file that is not there', async () => {
  await expect(shell().digest(join(folder, 'none'))).rejects.toMatchObject({ code: 'no-file' });
});
