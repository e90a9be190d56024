import * as fc from 'fast-check';
import { expect } from 'vitest';
import { arbitraryValue } from './arbitrary-value.test-support.ts';
import type { Codec } from './codec.ts';
import { XdrReader } from './reader.ts';
import { XdrWriter } from './writer.ts';
import { XdrError } from './xdr-error.ts';

/** Words that do harm where a length, a mark, an arm or a padding stood. */
const words = [0, 1, 2, 0x7f_ff_ff_ff, 0x80_00_00_00, 0xff_ff_ff_ff];

/**
 * What holds of every codec: a value comes back as it was sent, every part of its bytes that is not all of them is
 * refused, and whatever is done to the bytes, they are a value or an XdrError.
 */
export function assertOnTheWire<T>(codec: Codec<T>, numRuns: number): void {
  const damages = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...words)), { minLength: 1, maxLength: 4 });
  const flips = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
  const property = fc.property(
    arbitraryValue(codec),
    fc.nat(),
    damages,
    flips,
    (value, cut, damage, bits) => {
      const bytes = encoded(codec, value);
      expect(decoded(codec, bytes)).toEqual({ value });
      if (bytes.length > 0) expect(decoded(codec, bytes.subarray(0, cut % bytes.length))).toBe('refused');
      decoded(codec, withWords(bytes, damage));
      decoded(codec, withFlips(bytes, bits));
    },
  );
  fc.assert(property, { numRuns });
  const anyBytes = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    decoded(codec, bytes);
  });
  fc.assert(anyBytes, { numRuns });
}

function encoded<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new XdrWriter(1);
  codec.encode(writer, value);
  expect(writer.bytes().length % 4).toBe(0);
  return writer.bytes();
}

/** Throws whatever is not an XdrError. */
function decoded<T>(codec: Codec<T>, bytes: Uint8Array): { value: T } | 'refused' {
  const reader = new XdrReader(bytes);
  try {
    const value = codec.decode(reader);
    reader.end();
    return { value };
  } catch (error) {
    if (!(error instanceof XdrError)) throw error;
    return 'refused';
  }
}

function withWords(bytes: Buffer, damage: readonly (readonly [number, number])[]): Buffer {
  const damaged = Buffer.from(bytes);
  const count = bytes.length / 4;
  if (count > 0) for (const [at, word] of damage) damaged.writeUInt32BE(word, (at % count) * 4);
  return damaged;
}

function withFlips(bytes: Buffer, bits: readonly number[]): Buffer {
  const damaged = Buffer.from(bytes);
  for (const bit of bytes.length === 0 ? [] : bits) {
    const at = (bit >> 3) % bytes.length;
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7));
  }
  return damaged;
}
