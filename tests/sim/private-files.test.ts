import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startController } from '@ferry/controller';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const bitsOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Everything that others may do anything with, by its path. */
function open(directory: string): string[] {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = [directory, ...all.map((entry) => join(entry.parentPath, entry.name))];
  return paths.filter((path) => (statSync(path).mode & 0o077) !== 0);
}

test('a first start makes all of it shut, and has nothing to repair', async () => {
  const umask = process.umask(0o022);
  const folder = mkdtempSync(join(tmpdir(), 'ferry-first-'));
  const lines: string[] = [];
  try {
    await using stage = await Stage.open();
    const dataDirectory = join(folder, 'data');
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const controller = await startController({ ...stage.options(), dataDirectory, database: null, log });
    expect(open(dataDirectory)).toEqual([]);
    expect(readdirSync(dataDirectory)).toEqual(expect.arrayContaining(['ferry.db', 'ferry.db-wal']));
    await controller.stop();
    expect(lines).toEqual([]);
  } finally {
    process.umask(umask);
    rmSync(folder, { recursive: true });
  }
});

test("all that a controller writes is its owner's alone, whatever the umask", async () => {
  const umask = process.umask(0);
  try {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    expect(open(stage.dataDirectory)).toEqual([]);
    expect(bitsOf(stage.dataDirectory)).toBe('700');
    expect(bitsOf(join(stage.dataDirectory, 'ferry.sock'))).toBe('600');
    expect(readdirSync(stage.dataDirectory)).toContain('ferry.lock');
  } finally {
    process.umask(umask);
  }
});

test('what a former version left open is shut at the start, and the log names it', async () => {
  const lines: { path?: string; mode?: string }[] = [];
  const log = pino(
    { level: 'warn' },
    { write: (line: string) => void lines.push(JSON.parse(line) as { path?: string }) },
  );
  await using stage = await Stage.open({}, { log });
  await stage.crash();
  const { dataDirectory } = stage;
  const left = ['admin.token', 'ferry.lock', 'ferry.db.before-upgrade', 'images/incoming/part'];
  mkdirSync(join(dataDirectory, 'images', 'incoming'), { recursive: true });
  for (const name of left) writeFileSync(join(dataDirectory, name), '', { mode: 0o644, flag: 'a' });
  for (const name of ['', ...left, 'images'])
    chmodSync(join(dataDirectory, name), name === '' ? 0o755 : 0o644);
  for (const name of ['images', 'images/incoming']) chmodSync(join(dataDirectory, name), 0o755);
  lines.length = 0;
  await stage.start();
  expect(open(dataDirectory)).toEqual([]);
  const told = lines.map(({ path, mode }) => `${path?.slice(dataDirectory.length)} ${mode}`).toSorted();
  expect(told).toEqual(
    ['', ...left.map((name) => `/${name}`), '/images', '/images/incoming']
      .map((name) => `${name} ${left.some((file) => name === `/${file}`) ? '0644' : '0755'}`)
      .toSorted(),
  );
});

test('links out of the directory are left alone', async () => {
  await using stage = await Stage.open();
  const elsewhere = mkdtempSync(join(tmpdir(), 'ferry-elsewhere-'));
  try {
    const file = join(elsewhere, 'of-others');
    writeFileSync(file, '', { mode: 0o644 });
    chmodSync(elsewhere, 0o755);
    await stage.crash();
    execFileSync('ln', ['-s', elsewhere, join(stage.dataDirectory, 'folder')]);
    execFileSync('ln', ['-s', file, join(stage.dataDirectory, 'file')]);
    await stage.start();
    expect([bitsOf(elsewhere), bitsOf(file)]).toEqual(['755', '644']);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test('a directory of everybody is refused, with its mode', async () => {
  await using stage = await Stage.open();
  const everybodys = mkdtempSync(join(tmpdir(), 'ferry-everybody-'));
  try {
    chmodSync(everybodys, 0o1777);
    await expect(startController({ ...stage.options(), dataDirectory: everybodys })).rejects.toMatchObject({
      code: 'not-private',
      message: expect.stringContaining('mode 1777') as string,
    });
    // Also behind a link, whose own mode says nothing.
    const link = join(stage.dataDirectory, 'link');
    symlinkSync(everybodys, link);
    await expect(startController({ ...stage.options(), dataDirectory: link })).rejects.toMatchObject({
      code: 'not-private',
    });
    expect([bitsOf(everybodys), readdirSync(everybodys)]).toEqual(['777', []]);
  } finally {
    rmSync(everybodys, { recursive: true });
  }
});
