import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines } from './program-messages.ts';

/** What is read of pieces that come one after the other. */
async function read(
  pieces: readonly (string | Buffer)[],
  maxBytes = 10,
): Promise<{ lines: string[]; tooLong: number; open: boolean }> {
  const stream = new PassThrough();
  stream.on('error', () => undefined);
  const seen = { lines: [] as string[], tooLong: 0 };
  readLines(stream, { maxBytes, line: (text) => seen.lines.push(text), tooLong: () => (seen.tooLong += 1) });
  for (const piece of pieces) {
    if (!stream.destroyed) stream.write(piece);
    await new Promise(setImmediate);
  }
  return { ...seen, open: !stream.destroyed };
}

test('lines come whole, however they are cut', async () => {
  const umlaut = Buffer.from('ü\n');
  const pieces = ['one\ntw', 'o\r\n\nthree', '\n', umlaut.subarray(0, 1), umlaut.subarray(1), 'rest'];
  expect(await read(pieces)).toEqual({ lines: ['one', 'two', '', 'three', 'ü'], tooLong: 0, open: true });
});

test.each([
  [['0123456789\n'], { lines: ['0123456789'], tooLong: 0, open: true }],
  [['01234567890\n'], { lines: [], tooLong: 1, open: false }],
  [['one\n0123456', '78901', 'two\n'], { lines: ['one'], tooLong: 1, open: false }],
  [Array.from({ length: 20 }, () => 'x'), { lines: [], tooLong: 1, open: false }],
])('a line that is too long ends it: %j', async (pieces, seen) => {
  expect(await read(pieces)).toEqual(seen);
});
