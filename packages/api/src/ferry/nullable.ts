import { type TNull, type TSchema, type TUnion, Type } from 'typebox';

/** A value that may be null. */
export const nullable = <T extends TSchema>(
  schema: T,
  options: { readonly default?: unknown; readonly description?: string } = {},
): TUnion<[T, TNull]> => Type.Union([schema, Type.Null()], options);
