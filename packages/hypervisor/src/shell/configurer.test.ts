import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileEdit } from '@ferry/model';
import { parseLibvirtUri } from '@ferry/libvirt';
import { afterAll, expect, test, vi } from 'vitest';
import { PythonShell } from './python-shell.ts';

// It starts an interpreter, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), 'ferry-configurer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What edits of one file would change. */
async function previewOf(text: string, ...edits: object[]): Promise<readonly string[]> {
  const path = join(folder, 'file');
  writeFileSync(path, text);
  const configurer = await PythonShell.of(parseLibvirtUri('qemu:///system'))?.configurer();
  if (configurer === undefined) throw new Error('this machine has a shell');
  try {
    const told = await configurer.preview(edits.map((edit) => ({ ...edit, path }) as FileEdit));
    expect(readFileSync(path, 'utf8')).toBe(text);
    return told.filter((line) => !line.startsWith('---') && !line.startsWith('+++'));
  } finally {
    configurer.close();
  }
}

const hosts = (drop: string[], ...add: [address: string, name: string][]) => ({
  kind: 'hosts',
  drop,
  add: add.map(([address, name]) => ({ address, name })),
});

test('names are taken out of the loopback, localhost stays, and a line comes once', async () => {
  const text = '127.0.0.1 localhost\n127.0.1.1\tb.example.org b # by the installer\n10.0.0.3 c\n';
  expect(await previewOf(text, hosts(['b.example.org'], ['10.0.0.2', 'b.example.org']))).toEqual([
    '-127.0.1.1\tb.example.org b # by the installer',
    '+10.0.0.2\tb.example.org',
  ]);
  expect(await previewOf('127.0.0.1 localhost b\n', hosts(['b'], ['10.0.0.2', 'b']))).toEqual([
    '-127.0.0.1 localhost b',
    '+127.0.0.1\tlocalhost',
    '+10.0.0.2\tb',
  ]);
  // Of an address that is none of the loopback nothing is taken; what is there already is not added.
  expect(await previewOf(text, hosts(['c'], ['10.0.0.3', 'c']))).toEqual([]);
  expect(await previewOf(text, hosts(['b'], ['10.0.0.2', 'b']), hosts([], ['10.0.0.2', 'b']))).toHaveLength(
    3,
  );
});

test('lines at the end come once, and a whole file is what it is to be', async () => {
  expect(await previewOf('a\nb', { kind: 'append', lines: ['a', 'c'], check: ['true'] })).toEqual(['+c']);
  expect(await previewOf('a\n', { kind: 'whole', content: 'b\n', mode: 0o644 })).toEqual(['-a', '+b']);
});

test('who may read a file is told where it is another', async () => {
  const [line] = await previewOf('a\n', { kind: 'access', mode: 0o600, gid: null });
  expect(line).toMatch(/0644 group \d+ -> 0600 group \d+$/);
});
