import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as xdr from './codec.ts';
import { XdrReader } from './reader.ts';
import { XdrWriter } from './writer.ts';
import { XdrError } from './xdr-error.ts';

function roundTrip<T>(codec: xdr.Codec<T>, value: T): T {
  const writer = new XdrWriter(1);
  codec.encode(writer, value);
  expect(writer.bytes().length % 4).toBe(0);
  const reader = new XdrReader(writer.bytes());
  const read = codec.decode(reader);
  reader.end();
  return read;
}

const record = xdr.struct({
  name: xdr.string(1000),
  note: xdr.optional(xdr.string(1000)),
  id: xdr.int32,
  size: xdr.uhyper,
  gain: xdr.double,
  on: xdr.flag,
  parts: xdr.array(xdr.opaque(64), 10),
});

test('what is written is read again, whatever it is', () => {
  const values = fc.record({
    name: fc.string({ unit: 'grapheme', maxLength: 50 }),
    note: fc.option(fc.string({ maxLength: 50 })),
    id: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    size: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    gain: fc.double({ noNaN: true }),
    on: fc.boolean(),
    parts: fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 10 }),
  });
  fc.assert(
    fc.property(values, (value) => {
      expect(roundTrip(record, value)).toEqual(value);
    }),
  );
});

test('bytes cut short anywhere are a typed error, never something else', () => {
  const writer = new XdrWriter();
  const value = {
    name: 'web',
    note: 'x',
    id: 1,
    size: 2n,
    gain: 3,
    on: true,
    parts: [new Uint8Array([1, 2, 3])],
  };
  record.encode(writer, value);
  const whole = Buffer.from(writer.bytes());
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => record.decode(new XdrReader(whole.subarray(0, length)))).toThrow(XdrError);
  }
});

function outcome(bytes: Uint8Array): unknown {
  try {
    record.decode(new XdrReader(bytes));
    return 'a value';
  } catch (error) {
    return error instanceof XdrError ? 'a typed error' : error;
  }
}

test('any bytes at all give a value or a typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(['a value', 'a typed error']).toContain(outcome(bytes));
    }),
  );
});

test('a length over the maximum is refused before anything is allocated', () => {
  const huge = Buffer.from([0xff, 0xff, 0xff, 0xff]);
  expect(() => xdr.string(16).decode(new XdrReader(huge))).toThrow('at most 16');
  expect(() => xdr.opaque(16).decode(new XdrReader(huge))).toThrow('at most 16');
  expect(() => xdr.array(xdr.int32, 16).decode(new XdrReader(huge))).toThrow('at most 16');
  expect(() => roundTrip(xdr.string(3), 'four')).toThrow('at most 3');
});

test('padding must be zero and nothing may be left over', () => {
  expect(() => xdr.string(9).decode(new XdrReader(Buffer.from([0, 0, 0, 1, 65, 0, 0, 1])))).toThrow(
    'padding',
  );
  expect(() => new XdrReader(Buffer.alloc(4)).end()).toThrow('left over');
  expect(() => xdr.optional(xdr.int32).decode(new XdrReader(Buffer.from([0, 0, 0, 2])))).toThrow('mark');
});

test('a uuid is dashed text outside and 16 bytes on the wire', () => {
  const id = '3483d9f1-4015-48d9-9837-b67ca82d0009';
  expect(roundTrip(xdr.uuid, id)).toBe(id);
  expect(() => roundTrip(xdr.uuid, 'web')).toThrow(XdrError);
});

test('a C character array takes four bytes a character', () => {
  const writer = new XdrWriter();
  xdr.characters(8).encode(writer, 'x86');
  expect(writer.bytes().length).toBe(32);
  expect(roundTrip(xdr.characters(8), 'x86')).toBe('x86');
});

test('a union carries the arm by its number, and knows no others', () => {
  const either = xdr.union({
    count: { number: 1, codec: xdr.int32 },
    name: { number: 7, codec: xdr.string(9) },
  });
  expect(roundTrip(either, { type: 'name', value: 'web' })).toEqual({ type: 'name', value: 'web' });
  const writer = new XdrWriter();
  either.encode(writer, { type: 'count', value: 5 });
  expect([...writer.bytes()]).toEqual([0, 0, 0, 1, 0, 0, 0, 5]);
  expect(() => either.decode(new XdrReader(Buffer.from([0, 0, 0, 2])))).toThrow('unknown arm 2');
});

test('an enumeration and fixed bytes refuse what is not of them', () => {
  const codec = xdr.enumeration([0, 1, 6]);
  expect(roundTrip(codec, 6)).toBe(6);
  expect(() => codec.decode(new XdrReader(Buffer.from([0, 0, 0, 2])))).toThrow(XdrError);
  expect(roundTrip(xdr.fixedOpaque(3), new Uint8Array([1, 2, 3]))).toEqual(new Uint8Array([1, 2, 3]));
  expect(() => roundTrip(xdr.fixedOpaque(3), new Uint8Array(4))).toThrow(XdrError);
});
