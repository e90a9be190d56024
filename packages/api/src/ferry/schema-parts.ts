import { type Static, type TNull, type TSchema, type TUnion, type TUnsafe, Type } from 'typebox';

const known = new Map<string, TSchema>();

/** The schemas that have a name, each with its `$id`. A server has to know them all before it takes a route. */
export const components: ReadonlyMap<string, TSchema> = known;

/**
 * Gives a schema a name and answers with a reference to it, of the same static type. Whatever is built from the
 * answer refers to the schema instead of repeating it: in validators, in serializers and in docs/openapi.json.
 */
export function component<Schema extends TSchema>(id: string, schema: Schema): TUnsafe<Static<Schema>> {
  if (known.has(id)) throw new Error(`two schemas have the name ${id}`);
  known.set(id, { ...schema, $id: id });
  return Type.Unsafe<Static<Schema>>({ $ref: `${id}#` });
}

/** A value that may be null. */
export const nullable = <T extends TSchema>(
  schema: T,
  options: { readonly default?: unknown; readonly description?: string } = {},
): TUnion<[T, TNull]> => Type.Union([schema, Type.Null()], options);

/** A path of a host, from its root. */
export const AbsolutePath = Type.String({ minLength: 2, maxLength: 4096, pattern: '^/[^/]' });
