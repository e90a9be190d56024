import { expect, test } from 'vitest';
import { XdrError } from './xdr-error.ts';
import { XdrWriter } from './writer.ts';

test('grows as it must, and keeps what was written', () => {
  const writer = new XdrWriter(1);
  for (let word = 0; word < 1_000; word += 1) writer.uint32(word);
  const bytes = writer.bytes();
  expect(bytes.length).toBe(4_000);
  expect(Array.from({ length: 1_000 }, (_, word) => bytes.readUInt32BE(word * 4))).toEqual(
    Array.from({ length: 1_000 }, (_, word) => word),
  );
});

test('each kind of value makes room for itself', () => {
  const written = [
    (writer: XdrWriter) => writer.int32(-1),
    (writer: XdrWriter) => writer.uint32(1),
    (writer: XdrWriter) => writer.int64(-1n),
    (writer: XdrWriter) => writer.uint64(1n),
    (writer: XdrWriter) => writer.double(1),
    (writer: XdrWriter) => writer.opaque(new Uint8Array(5)),
  ].map((write) => {
    const writer = new XdrWriter(0);
    write(writer);
    return writer.bytes().length;
  });
  expect(written).toEqual([4, 4, 8, 8, 8, 8]);
});

test('grows by doubling: many small values are not copied each time', () => {
  const writer = new XdrWriter(16);
  const before = writer.bytes().buffer;
  for (let word = 0; word < 4; word += 1) writer.uint32(word);
  expect(writer.bytes().buffer).toBe(before);
  writer.uint32(4);
  const grown = writer.bytes();
  for (let word = 5; word < 8; word += 1) writer.uint32(word);
  // The same memory: what was given out before shows what was written after.
  writer.bytes().writeUInt32BE(77, 0);
  expect(grown.readUInt32BE(0)).toBe(77);
});

test('padding is zeros, whatever stood in the memory before', () => {
  const writer = new XdrWriter(8);
  writer.uint64(2n ** 64n - 1n);
  const dirty = new XdrWriter(8);
  writer.bytes().copy(dirty.bytes());
  for (let length = 0; length < 5; length += 1) {
    const padded = new XdrWriter(64);
    new Uint8Array(padded.bytes().buffer, padded.bytes().byteOffset, 64).fill(255);
    padded.opaque(new Uint8Array(length).fill(7));
    const padding = (4 - (length % 4)) % 4;
    expect([...padded.bytes()]).toEqual([...Array(length).fill(7), ...Array(padding).fill(0)]);
  }
});

test('may be as large as its maximum, and no larger', () => {
  const writer = new XdrWriter(4, 8);
  writer.uint64(1n);
  expect(() => writer.uint32(1)).toThrow(XdrError);
  expect(writer.bytes().length).toBe(8);
});

test.each([Number.NaN, 1.5, Number.POSITIVE_INFINITY])('%s is no integer', (value) => {
  expect(() => new XdrWriter().int32(value)).toThrow(XdrError);
  expect(() => new XdrWriter().uint32(value)).toThrow(XdrError);
});

test.each([
  () => new XdrWriter().int32(2 ** 31),
  () => new XdrWriter().uint32(-1),
  () => new XdrWriter().int64(2n ** 63n),
  () => new XdrWriter().uint64(-1n),
])('a number out of its range is not written', (write) => {
  expect(write).toThrow(RangeError);
});
