import { expect, test } from 'vitest';
import { XdrReader } from '../xdr/reader.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import {
  numberOf,
  parametersFrom,
  parametersToObject,
  type TypedParameter,
  typedParameter,
} from './typed-parameter.ts';

const all: TypedParameter[] = [
  { field: 'a', type: 'int', value: -1 },
  { field: 'b', type: 'uint', value: 4_294_967_295 },
  { field: 'c', type: 'llong', value: -(2n ** 63n) },
  { field: 'd', type: 'ullong', value: 2n ** 64n - 1n },
  { field: 'e', type: 'double', value: 0.5 },
  { field: 'f', type: 'boolean', value: true },
  { field: 'g', type: 'string', value: 'vda' },
];

test('each of the seven types is written and read again', () => {
  const writer = new XdrWriter();
  for (const parameter of all) typedParameter.encode(writer, parameter);
  const reader = new XdrReader(writer.bytes());
  expect(all.map(() => typedParameter.decode(reader))).toEqual(all);
  reader.end();
});

test('an unknown type is a typed error', () => {
  const writer = new XdrWriter();
  typedParameter.encode(writer, { field: 'abcd', type: 'int', value: 1 });
  const bytes = Buffer.from(writer.bytes());
  bytes.writeInt32BE(8, 8);
  expect(() => typedParameter.decode(new XdrReader(bytes))).toThrow(XdrError);
});

test('parameters come from a plain object: lists repeat the field, null leaves it out', () => {
  expect(
    parametersFrom({
      migrate_uri: 'tcp://h',
      migrate_disks: ['vda', 'vdb'],
      persistent_xml: null,
      bandwidth: { type: 'ullong', value: 50n },
    }),
  ).toEqual([
    { field: 'migrate_uri', type: 'string', value: 'tcp://h' },
    { field: 'migrate_disks', type: 'string', value: 'vda' },
    { field: 'migrate_disks', type: 'string', value: 'vdb' },
    { field: 'bandwidth', type: 'ullong', value: 50n },
  ]);
});

test('parameters become a plain object, and numbers whatever their integer type', () => {
  expect(parametersToObject(all)).toMatchObject({ a: -1, d: 2n ** 64n - 1n, g: 'vda' });
  expect(['a', 'b', 'e', 'f', 'g', 'z'].map((field) => numberOf(all, field))).toEqual([
    -1,
    4_294_967_295,
    0.5,
    null,
    null,
    null,
  ]);
});
