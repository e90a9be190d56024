import * as xdr from '../xdr/codec.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import { text } from './types.ts';

/** A named value of one of seven types (virTypedParameter). */
export type TypedParameter =
  | { readonly field: string; readonly type: 'int' | 'uint' | 'double'; readonly value: number }
  | { readonly field: string; readonly type: 'llong' | 'ullong'; readonly value: bigint }
  | { readonly field: string; readonly type: 'boolean'; readonly value: boolean }
  | { readonly field: string; readonly type: 'string'; readonly value: string };

// Types by their number on the wire (VIR_TYPED_PARAM_*), counted from 1.
const types = ['int', 'uint', 'llong', 'ullong', 'double', 'boolean', 'string'] as const;
type TypeName = (typeof types)[number];

// oxlint-disable-next-line typescript/no-explicit-any -- one codec for each type of value
const valueCodecs: Record<TypeName, xdr.Codec<any>> = {
  int: xdr.int32,
  uint: xdr.uint32,
  llong: xdr.hyper,
  ullong: xdr.uhyper,
  double: xdr.double,
  boolean: xdr.flag,
  string: text,
};

/** A typed parameter on the wire: name, number of its type, value. */
export const typedParameter: xdr.Codec<TypedParameter> = {
  encode(writer, { field, type, value }) {
    text.encode(writer, field);
    writer.int32(types.indexOf(type) + 1);
    valueCodecs[type].encode(writer, value);
  },
  decode(reader) {
    const field = text.decode(reader);
    const number = reader.int32();
    const type = types[number - 1];
    if (type === undefined) throw new XdrError(`the typed parameter ${field} has the unknown type ${number}`);
    return { field, type, value: valueCodecs[type].decode(reader) } as TypedParameter;
  },
};

/** Parameters as a plain object; a field that comes more than once keeps its last value. */
export function parametersToObject(
  parameters: readonly TypedParameter[],
): Record<string, TypedParameter['value']> {
  return Object.fromEntries(parameters.map(({ field, value }) => [field, value]));
}

/** The number of a field, whatever integer type it came as; null when it is not there or no number. */
export function numberOf(parameters: readonly TypedParameter[], field: string): number | null {
  const found = parameters.find((parameter) => parameter.field === field);
  return found === undefined || found.type === 'string' || found.type === 'boolean'
    ? null
    : Number(found.value);
}
