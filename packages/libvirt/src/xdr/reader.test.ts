import { expect, test } from 'vitest';
import { XdrReader } from './reader.ts';
import { XdrError } from './xdr-error.ts';

function reader(...bytes: number[]): XdrReader {
  return new XdrReader(Uint8Array.from(bytes));
}

test('reads a part of a larger buffer and nothing beside it', () => {
  const part = new XdrReader(Uint8Array.of(9, 9, 0, 0, 0, 7, 9).subarray(2, 6));
  expect(part.int32()).toBe(7);
  expect(part.remaining).toBe(0);
  expect(() => part.int32()).toThrow(XdrError);
});

test('what was refused was not taken', () => {
  const short = reader(0, 0, 0, 7, 1, 2);
  expect(short.uint32()).toBe(7);
  expect(() => short.uint32()).toThrow(expect.objectContaining({ name: 'XdrError' }));
  expect([...short.rest()]).toEqual([1, 2]);
  expect([...short.rest()]).toEqual([]);
});

test('nothing may be left over', () => {
  const all = reader(0, 0, 0, 7);
  expect(() => all.end()).toThrow(XdrError);
  all.int32();
  all.end();
});

test('a length may be its maximum, and no more', () => {
  expect(reader(0, 0, 0, 7).length(7)).toBe(7);
  expect(() => reader(0, 0, 0, 7).length(6)).toThrow(XdrError);
});

test('values may be as many as the words that are left, and no more', () => {
  expect(reader(0, 0, 0, 1, 0, 0, 0, 0).count(9)).toBe(1);
  expect(() => reader(0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0).count(9)).toThrow(XdrError);
  expect(() => reader(0, 0, 0, 1, 0, 0, 0, 0).count(0)).toThrow(XdrError);
});

test.each([
  [0, []],
  [1, [7, 0, 0, 0]],
  [3, [7, 8, 9, 0]],
  [4, [7, 8, 9, 1]],
])('%i bytes are followed by zeros up to a whole word', (length, bytes) => {
  const padded = reader(...bytes, 5);
  expect([...padded.opaque(length)]).toEqual(bytes.slice(0, length));
  expect(padded.remaining).toBe(1);
});

test.each([[[7, 1, 0, 0]], [[7, 0, 1, 0]], [[7, 0, 0, 1]]])('the padding of %j is refused', (bytes) => {
  expect(() => reader(...bytes).opaque(1)).toThrow(XdrError);
});

test('padding that is not there is cut short', () => {
  expect(() => reader(7, 0, 0).opaque(1)).toThrow(XdrError);
});
