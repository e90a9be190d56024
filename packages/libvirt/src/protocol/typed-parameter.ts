import * as xdr from '../xdr/codec.ts';
import { text } from './types.ts';

/** A named value of one of seven types (virTypedParameter). */
export type TypedParameter =
  | { readonly field: string; readonly type: 'int' | 'uint' | 'double'; readonly value: number }
  | { readonly field: string; readonly type: 'llong' | 'ullong'; readonly value: bigint }
  | { readonly field: string; readonly type: 'boolean'; readonly value: boolean }
  | { readonly field: string; readonly type: 'string'; readonly value: string };

// Types by their number on the wire (VIR_TYPED_PARAM_*).
const typedValue = xdr.union({
  int: { number: 1, codec: xdr.int32 },
  uint: { number: 2, codec: xdr.uint32 },
  llong: { number: 3, codec: xdr.hyper },
  ullong: { number: 4, codec: xdr.uhyper },
  double: { number: 5, codec: xdr.double },
  boolean: { number: 6, codec: xdr.flag },
  string: { number: 7, codec: text },
});

/** A typed parameter on the wire: name, number of its type, value. */
export const typedParameter: xdr.Codec<TypedParameter> = {
  shape: `{${text.shape} field;${typedValue.shape} value;}`,
  encode(writer, { field, ...value }) {
    text.encode(writer, field);
    typedValue.encode(writer, value);
  },
  decode(reader) {
    return { field: text.decode(reader), ...typedValue.decode(reader) };
  },
};

/** A list of typed parameters, at most so many. */
export function typedParameters(maximum: number): xdr.Codec<TypedParameter[]> {
  return xdr.array(typedParameter, maximum);
}

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

/**
 * Parameters from a plain object, numbers with their type: `{ bandwidth: { type: 'ullong', value: 100n } }`. A list gives the field once a
 * value, as `migrate_disks` wants it; null and undefined leave the field out.
 */
export function parametersFrom(fields: Readonly<Record<string, ParameterSpec>>): TypedParameter[] {
  return Object.entries(fields).flatMap(([field, spec]) => {
    if (spec === null || spec === undefined) return [];
    if (typeof spec === 'string') return [{ field, type: 'string', value: spec }];
    if (typeof spec === 'boolean') return [{ field, type: 'boolean', value: spec }];
    if (isList(spec)) return spec.map((value): TypedParameter => ({ field, type: 'string', value }));
    return [{ field, ...spec }];
  });
}

/** Text and truth tell their type by themselves; a number must say how libvirt wants it. */
export type ParameterSpec =
  | string
  | boolean
  | readonly string[]
  | DistributiveOmit<Extract<TypedParameter, { value: number } | { value: bigint }>, 'field'>
  | null
  | undefined;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function isList(spec: NonNullable<ParameterSpec>): spec is readonly string[] {
  return Array.isArray(spec);
}
