import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ImageChunk, SparseDigest } from './sparse-digest.ts';

function digestOf(chunks: readonly ImageChunk[]): string {
  const digest = new SparseDigest();
  for (const chunk of chunks) digest.add(chunk);
  return digest.end();
}

const data = (bytes: Uint8Array): ImageChunk => ({ kind: 'data', bytes });
const hole = (lengthBytes: number): ImageChunk => ({ kind: 'hole', lengthBytes });
const pieces = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 3_000_000 }).map(hole),
    fc.integer({ min: 1, max: 3_000_000 }).map((length) => data(new Uint8Array(length).fill(7))),
  ),
  { maxLength: 6 },
);

test('holes and zeros written out have the same digest, however the file is cut', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 10_000, max: 1_500_000 }), (chunks, cut) => {
      const whole = Buffer.concat(
        chunks.map((one) => (one.kind === 'data' ? one.bytes : new Uint8Array(one.lengthBytes))),
      );
      const recut: ImageChunk[] = [];
      for (let offset = 0; offset < whole.length; offset += cut)
        recut.push(data(whole.subarray(offset, offset + cut)));
      expect(digestOf(recut)).toBe(digestOf(chunks));
    }),
    { numRuns: 50 },
  );
});

test('a changed byte, a shifted block and a longer file differ', () => {
  const one = digestOf([data(new Uint8Array(100_000).fill(1))]);
  expect(digestOf([data(new Uint8Array(100_000).fill(2))])).not.toBe(one);
  expect(digestOf([hole(1_048_576), data(new Uint8Array(100_000).fill(1))])).not.toBe(one);
  expect(digestOf([data(new Uint8Array(100_000).fill(1)), hole(65_536)])).not.toBe(one);
});

test('a changed byte is found wherever it is, in the last piece too', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_500_000 }), (at) => {
      const bytes = new Uint8Array(2_500_001);
      const before = digestOf([data(bytes)]);
      bytes[at] = 1;
      expect(digestOf([data(bytes)])).not.toBe(before);
    }),
    { numRuns: 50 },
  );
});
