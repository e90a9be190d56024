import { expect, test } from 'vitest';
import { formatProgress } from './migration-fields.ts';
import { formatTable } from './table.ts';
import { formatBytes, formatDuration, formatVersion } from './units.ts';
import type { MigrationBody } from '@ferry/api';

// Colours depend on the terminal; what is compared here is the text.
// oxlint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');

test('sizes, times and versions are written as people read them', () => {
  expect([0, 512, 1024, 1.5 * 1024 ** 2, 1.8 * 1024 ** 3, 200 * 1024 ** 2].map(formatBytes)).toEqual([
    '0 B',
    '512 B',
    '1 KiB',
    '1.5 MiB',
    '1.8 GiB',
    '200 MiB',
  ]);
  expect([85, 2400, 185_000].map(formatDuration)).toEqual(['85 ms', '2.4 s', '3 min 05 s']);
  expect(formatVersion(10_000_013)).toBe('10.0.13');
});

test('columns align by what the terminal shows, and names cannot write over the screen', () => {
  const rows = [
    ['web', '1'],
    ['\u4e91\u4e3b\u673a', '200'],
    ['a\u001b[2Jb', '3'],
  ];
  const lines = plain(formatTable([{ heading: 'NAME' }, { heading: 'N', align: 'right' }], rows)).split('\n');
  expect(lines).toEqual(['NAME      N', 'web       1', '\u4e91\u4e3b\u673a  200', 'a\ufffd[2Jb    3']);
});

const migration = (progress: Partial<NonNullable<MigrationBody['progress']>>): MigrationBody =>
  ({
    status: 'running',
    phase: 'sends',
    progress: {
      elapsedMs: 1000,
      totalBytes: 200,
      doneBytes: 50,
      remainingBytes: 150,
      memoryBytes: 50,
      diskBytes: 0,
      rateBytesPerSecond: 50,
      dirtyBytesPerSecond: null,
      iteration: 1,
      expectedDowntimeMs: null,
      downtimeMs: null,
      ...progress,
    },
  }) as MigrationBody;

test('progress tells bytes and rate, and of files the time left', () => {
  expect(formatProgress(migration({}))).toBe(
    '[#####...............]  25 %  50 B of 200 B  50 B/s  3.0 s left  sends',
  );
});

test("of a guest that runs its forecast tells the time left, and nothing that the hypervisor's rates say", () => {
  const running = migration({ dirtyBytesPerSecond: 25 });
  expect(formatProgress(running)).toBe('[#####...............]  25 %  50 B of 200 B  50 B/s  sends');
  const summary = 'does not converge at 50 B/s';
  const told = { ...running, forecast: { summary } } as MigrationBody;
  expect(formatProgress(told)).toContain(`50 B/s  ${summary}  sends`);
});
