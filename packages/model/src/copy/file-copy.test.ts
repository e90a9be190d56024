import { expect, test } from 'vitest';
import {
  chooseCompression,
  chooseCopyWay,
  type CompressionInput,
  copyFailureCodes,
  type CopyWayInput,
  nextAfterCopyFailure,
  type ProgramFound,
} from './file-copy.ts';

const runs = (root = true): ProgramFound => ({ runs: true, facts: { python: '3.11.2', zstd: true, root } });
const good: CopyWayInput = {
  source: runs(),
  target: runs(),
  targetAddress: '203.0.113.12',
  trustedAddress: null,
};

test('with a shell on both hosts it goes straight and encrypted', () => {
  expect(chooseCopyWay(good)).toMatchObject({ kind: 'direct', address: '203.0.113.12', encrypted: true });
});

test('only an address that the operator trusts is used unencrypted', () => {
  const way = chooseCopyWay({ ...good, trustedAddress: '192.0.2.12' });
  expect(way).toMatchObject({ kind: 'direct', address: '192.0.2.12', encrypted: false });
  expect(way.because).toContain('192.0.2.12');
});

test.each<[string, Partial<CopyWayInput>, string]>([
  [
    'the source runs no program',
    { source: { runs: false, because: 'there is no python3' } },
    'there is no python3',
  ],
  ['the target runs no program', { target: { runs: false, because: 'no shell' } }, 'no shell'],
  ['the shell of one is not that of root', { target: runs(false) }, 'not root'],
  ['nobody knows where to connect to', { targetAddress: null }, 'no URI of the target'],
])('through libvirt when %s, and it says so', (_, change, because) => {
  const way = chooseCopyWay({ ...good, ...change });
  expect(way.kind).toBe('streams');
  expect(way.because).toContain(because);
});

const mega = 1_000_000;
const both = { zstd: true };
const start: CompressionInput = { source: both, target: both, limitBytesPerSecond: null, reading: null };

function after(seconds: number, megabytes: number, receiverLimited = 0): CompressionInput {
  const bytes = megabytes * mega;
  return { ...start, reading: { bytes, wireBytes: bytes, seconds, receiverLimited } };
}

test('a limit slower than compressing is reason enough before anything was measured', () => {
  expect(chooseCompression({ ...start, limitBytesPerSecond: 100 * mega })).toBe('zstd');
  expect(chooseCompression({ ...start, limitBytesPerSecond: 1_000 * mega })).toBeNull();
});

test('without a limit it waits for what the link shows', () => {
  expect(chooseCompression(start)).toBeNull();
  expect(chooseCompression(after(0.5, 50))).toBeNull();
  expect(chooseCompression(after(1, 1))).toBeNull();
});

test.each([
  ['a link of 1 Gbit/s', after(1, 120), 'zstd'],
  ['a link of 10 Gbit/s', after(1, 1_100), null],
  ['a link of a few kB/s', after(5, 0.1), 'zstd'],
  ['a fast link to a slow receiver', after(1, 120, 0.9), null],
])('%s', (_, input, method) => {
  expect(chooseCompression(input)).toBe(method);
});

const without = (input: CompressionInput): CompressionInput => ({ ...input, target: { zstd: false } });

test('without zstd on both hosts only a much slower link is worth it', () => {
  expect(chooseCompression(without(after(1, 120)))).toBeNull();
  expect(chooseCompression(without(after(1, 12)))).toBe('zlib');
});

const first = { triesInVain: 1, tries: 1 };

test('what comes of a first failure', () => {
  expect(
    Object.fromEntries(copyFailureCodes.map((code) => [code, nextAfterCopyFailure(code, first)])),
  ).toEqual({
    'no-shell': 'again',
    'no-python': 'streams',
    'no-connection': 'streams',
    'not-trusted': 'streams',
    stalled: 'again',
    broken: 'again',
    'disk-full': 'give-up',
    'no-file': 'streams',
    exists: 'give-up',
    denied: 'streams',
    busy: 'again',
    'source-changed': 'again',
    differs: 'again',
    aborted: 'give-up',
    other: 'give-up',
  });
});

test('a connection that breaks again and again is worth a try as long as more arrives each time', () => {
  expect(nextAfterCopyFailure('broken', { triesInVain: 1, tries: 50 })).toBe('again');
  expect(nextAfterCopyFailure('broken', { triesInVain: 5, tries: 5 })).toBe('give-up');
});

test('a file that changes under a second try too is given up', () => {
  expect(nextAfterCopyFailure('source-changed', { triesInVain: 1, tries: 2 })).toBe('give-up');
});
