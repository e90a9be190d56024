import { expect, test } from 'vitest';
import { chooseCompression, type CompressionInput } from './choose-compression.ts';

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
