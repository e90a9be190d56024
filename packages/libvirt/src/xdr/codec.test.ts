import { describe, expect, test } from 'vitest';
import { assertOnTheWire } from './assert-on-the-wire.test-support.ts';
import * as xdr from './codec.ts';
import { XdrReader } from './reader.ts';
import { XdrWriter } from './writer.ts';
import { XdrError } from './xdr-error.ts';

function encoded<T>(codec: xdr.Codec<T>, value: T): number[] {
  const writer = new XdrWriter();
  codec.encode(writer, value);
  return [...writer.bytes()];
}

function decoded<T>(codec: xdr.Codec<T>, bytes: readonly number[]): T {
  return codec.decode(new XdrReader(Uint8Array.from(bytes)));
}

const either = xdr.union({
  count: { number: 1, codec: xdr.int32 },
  name: { number: 7, codec: xdr.string(9) },
});
const record = xdr.struct({ b: xdr.uint32, a: xdr.optional(xdr.flag) });
const uuid = '3483d9f1-4015-48d9-9837-b67ca82d0009';
const uuidBytes = [52, 131, 217, 241, 64, 21, 72, 217, 152, 55, 182, 124, 168, 45, 0, 9];

interface Case<T> {
  readonly codec: xdr.Codec<T>;
  readonly shape: string;
  readonly value: T;
  readonly bytes: readonly number[];
}

function example<T>(codec: xdr.Codec<T>, shape: string, value: T, bytes: readonly number[]): Case<unknown> {
  return { codec, shape, value, bytes };
}

// The bytes are written out by hand after RFC 4506: a mistake made alike in both directions shows here.
const examples = [
  example(xdr.int32, 'int', -2, [255, 255, 255, 254]),
  example(xdr.uint32, 'unsigned int', 2 ** 32 - 2, [255, 255, 255, 254]),
  example(xdr.hyper, 'hyper', -2n, [255, 255, 255, 255, 255, 255, 255, 254]),
  example(xdr.uhyper, 'unsigned hyper', 2n ** 64n - 2n, [255, 255, 255, 255, 255, 255, 255, 254]),
  example(xdr.double, 'double', -1.5, [191, 248, 0, 0, 0, 0, 0, 0]),
  example(xdr.flag, 'int', true, [0, 0, 0, 1]),
  example(xdr.flag, 'int', false, [0, 0, 0, 0]),
  example(xdr.nothing, '{}', undefined, []),
  example(xdr.string(4), 'string<4>', 'é!', [0, 0, 0, 3, 195, 169, 33, 0]),
  example(xdr.string(4), 'string<4>', 'four', [0, 0, 0, 4, 102, 111, 117, 114]),
  example(xdr.opaque(2), 'opaque<2>', Uint8Array.of(0, 9), [0, 0, 0, 2, 0, 9, 0, 0]),
  example(xdr.fixedOpaque(3), 'opaque[3]', Uint8Array.of(1, 0, 3), [1, 0, 3, 0]),
  example(xdr.enumeration([0, 1, 6]), 'enum', 6, [0, 0, 0, 6]),
  example(xdr.uuid, 'opaque[16]', uuid, uuidBytes),
  example(xdr.optional(xdr.int32), 'int*', null, [0, 0, 0, 0]),
  example(xdr.optional(xdr.int32), 'int*', 5, [0, 0, 0, 1, 0, 0, 0, 5]),
  example(xdr.array(xdr.int32, 2), 'int<2>', [7, 8], [0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8]),
  example(xdr.characters(3), 'int[3]', 'aÿ', [0, 0, 0, 97, 0, 0, 0, 255, 0, 0, 0, 0]),
  example(xdr.characters(2), 'int[2]', 'ab', [0, 0, 0, 97, 0, 0, 0, 98]),
  example(xdr.characterBytes(1), 'int<1>', Uint8Array.of(200), [0, 0, 0, 1, 0, 0, 0, 200]),
  example(record, '{unsigned int b;int* a;}', { b: 3, a: true }, [0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1]),
  example(
    either,
    '(1: int;7: string<9>;)',
    { type: 'name', value: 'x' },
    [0, 0, 0, 7, 0, 0, 0, 1, 120, 0, 0, 0],
  ),
];

describe.each(examples)('$shape of $value', ({ codec, shape, value, bytes }) => {
  test('has the bytes that the standard says, in both directions', () => {
    expect(codec.shape).toBe(shape);
    expect(encoded(codec, value)).toEqual(bytes);
    const reader = new XdrReader(Uint8Array.from(bytes));
    expect(codec.decode(reader)).toEqual(value);
    reader.end();
  });

  test('comes back whatever it is; bytes cut short or damaged are a value or a typed error', () => {
    expect(() => assertOnTheWire(codec, 100)).not.toThrow();
  });
});

test.each([
  ['text longer than its maximum', () => encoded(xdr.string(3), 'four')],
  ['text whose bytes are more than its characters', () => encoded(xdr.string(3), 'éé')],
  ['text with a zero in it', () => encoded(xdr.string(9), 'web\0x')],
  ['half a surrogate pair', () => encoded(xdr.string(9), '\ud800')],
  ['bytes over their maximum', () => encoded(xdr.opaque(3), new Uint8Array(4))],
  ['too many fixed bytes', () => encoded(xdr.fixedOpaque(3), new Uint8Array(4))],
  ['too few fixed bytes', () => encoded(xdr.fixedOpaque(3), new Uint8Array(2))],
  ['a number that is not of the list', () => encoded(xdr.enumeration([0, 6]), 1 as 0)],
  ['a name where a uuid belongs', () => encoded(xdr.uuid, 'web')],
  ['a uuid with something before it', () => encoded(xdr.uuid, `x${uuid}`)],
  ['a uuid with something after it', () => encoded(xdr.uuid, `${uuid}0`)],
  ['a list over its maximum', () => encoded(xdr.array(xdr.int32, 1), [1, 2])],
  ['more characters than there is room for', () => encoded(xdr.characters(2), 'abc')],
  ['a character that takes two bytes', () => encoded(xdr.characters(2), 'Ā')],
  ['a zero among characters', () => encoded(xdr.characters(3), 'a\0b')],
  ['character bytes over their maximum', () => encoded(xdr.characterBytes(1), new Uint8Array(2))],
  ['an arm that is none', () => encoded(either, { type: 'toString', value: 1 } as never)],
])('%s is not written', (_what, write) => {
  expect(write).toThrow(XdrError);
});

test.each([
  ['padding that is not zero', xdr.string(9), [0, 0, 0, 1, 65, 0, 0, 1]],
  ['a mark that is neither', xdr.optional(xdr.nothing), [0, 0, 0, 2]],
  ['a number that is not of the list', xdr.enumeration([0, 1, 6]), [0, 0, 0, 2]],
  ['an unknown arm', either, [0, 0, 0, 2, 0, 0, 0, 0]],
  ['text over its maximum', xdr.string(3), [0, 0, 0, 4, 65, 65, 65, 65]],
  ['bytes over their maximum', xdr.opaque(3), [0, 0, 0, 4, 65, 65, 65, 65]],
  ['a list over its maximum', xdr.array(xdr.int32, 0), [0, 0, 0, 1, 0, 0, 0, 5]],
  ['character bytes over their maximum', xdr.characterBytes(0), [0, 0, 0, 1, 0, 0, 0, 5]],
])('%s is not read', (_what, codec, bytes) => {
  expect(() => decoded(codec as xdr.Codec<unknown>, bytes)).toThrow(XdrError);
});

const longest = 0xff_ff_ff_ff;

// Were a count believed, the list of nothing would not end, and the others ask for gigabytes.
test.each([
  ['text', xdr.string(longest)],
  ['bytes', xdr.opaque(longest)],
  ['a list', xdr.array(xdr.int32, longest)],
  ['a list of what takes no bytes', xdr.array(xdr.nothing, longest)],
  ['character bytes', xdr.characterBytes(longest)],
])('the length of %s is not believed when fewer bytes are there', (_what, codec) => {
  for (const announced of [17, longest]) {
    const bytes = Buffer.alloc(20);
    bytes.writeUInt32BE(announced);
    expect(() => codec.decode(new XdrReader(bytes))).toThrow(XdrError);
  }
});

test('any integer but 0 is true, as in C', () => {
  expect(decoded(xdr.flag, [255, 255, 255, 255])).toBe(true);
});

test('bytes that are no UTF-8 are replaced: libvirt does not promise any encoding', () => {
  expect(decoded(xdr.string(4), [0, 0, 0, 2, 255, 97, 0, 0])).toBe('\ufffda');
});

test('a uuid may come without dashes and in capitals', () => {
  expect(encoded(xdr.uuid, uuid.replaceAll('-', '').toUpperCase())).toEqual(uuidBytes);
});

test('characters end at the first zero, and only their lowest byte counts', () => {
  expect(decoded(xdr.characters(4), [0, 0, 0, 97, 0, 0, 1, 0, 0, 0, 0, 98, 0, 0, 0, 0])).toBe('a');
  expect(decoded(xdr.characters(1), [255, 255, 255, 233])).toBe('é');
  expect(decoded(xdr.characterBytes(1), [0, 0, 0, 1, 255, 255, 255, 233])).toEqual(Uint8Array.of(233));
});

test('decoded bytes are copies: they do not keep the frame they came in', () => {
  const bytes = Buffer.from([0, 0, 0, 1, 9, 0, 0, 0]);
  const variable = xdr.opaque(4).decode(new XdrReader(bytes));
  const fixed = xdr.fixedOpaque(4).decode(new XdrReader(bytes));
  expect([variable.buffer.byteLength, fixed.buffer.byteLength]).toEqual([1, 4]);
});
