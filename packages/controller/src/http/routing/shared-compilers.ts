import AjvCompiler from '@fastify/ajv-compiler';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';

/** Makes, for a set of schemas that others refer to, what compiles the schema of one part of a page. */
type Factory<External, Options, Route, Compiled> = (
  externalSchemas: External,
  options?: Options,
) => (route: Route) => Compiled;

/**
 * Fastify's own validators and serializers, one for each schema and not one for each page that has it, and for all
 * servers of the process: a controller has one on its socket and one on its address, with the same pages, and the
 * serializer of a migration alone is a hundred kilobytes of source. What is kept is bounded by the schemas there are.
 */
export const sharedCompilers = {
  buildValidator: compilingOnce(AjvCompiler()),
  buildSerializer: compilingOnce(withWhatItNeeds(SerializerSelector())),
};

/**
 * The same factory, which compiles no schema twice, and each when the first value of it comes: a controller has hundreds of pages,
 * of which a day sees a few. Its options are to be plain data: they are told apart as JSON.
 */
export function compilingOnce<External, Options, Route, Compiled extends object>(
  build: Factory<External, Options, Route, Compiled>,
): Factory<External, Options, Route, Compiled> {
  const known = new Map<string, Map<string, Compiled>>();
  return (externalSchemas, options) => {
    const compile = build(externalSchemas, options);
    const key = JSON.stringify([externalSchemas, options]);
    const compiled = known.get(key) ?? new Map<string, Compiled>();
    known.set(key, compiled);
    return (route) => {
      const text = textOf(schemaOf(route));
      const done = compiled.get(text) ?? whenUsed(() => compile(route));
      compiled.set(text, done);
      return done;
    };
  };
}

function nothing(): void {
  // Stands for what is made later.
}

/** What no value has come for yet. */
const waiting = new Set<() => unknown>();

/** Compiles all that waits for its first value, of each server that was made: throws for a schema that cannot be compiled. */
export function compileWhatWaits(): void {
  for (const make of waiting) make();
}

/** A function that is made when it is called first; `errors` is where a validator tells what was wrong with the last value. */
function whenUsed<Made extends object>(make: () => Made): Made {
  let made: Made | null = null;
  const real = (): Made => {
    waiting.delete(real);
    made ??= make();
    return made;
  };
  waiting.add(real);
  return new Proxy(nothing as unknown as Made, {
    apply: (_, self: unknown, args: unknown[]): unknown => Reflect.apply(real() as never, self, args),
    get: (target, name): unknown => Reflect.get(name === 'errors' ? real() : target, name),
  });
}

/**
 * A serializer is made of its own schema and of those that it refers to. The library copies and judges all that it is
 * handed, for each serializer anew, and keeps it: it is handed no others.
 */
function withWhatItNeeds<External, Options, Route, Compiled>(
  build: Factory<External, Options, Route, Compiled>,
): Factory<External, Options, Route, Compiled> {
  // Fewer of the same are of the same type.
  return (externalSchemas, options) => (route) =>
    build(referredTo(schemaOf(route), Object.entries(externalSchemas ?? {})) as External, options)(route);
}

/** Those of the schemas that one refers to, itself or by others. */
function referredTo(
  schema: unknown,
  all: readonly (readonly [id: string, schema: unknown])[],
  found: Record<string, unknown> = {},
): Readonly<Record<string, unknown>> {
  const text = textOf(schema);
  for (const [id, other] of all) {
    if (id in found || !text.includes(`"$ref":"${id}#"`)) continue;
    found[id] = other;
    referredTo(other, all, found);
  }
  return found;
}

/** Fastify hands over a part of a page; the types of its validators say that it is the schema alone. */
function schemaOf(route: unknown): unknown {
  return typeof route === 'object' && route !== null && 'schema' in route ? route.schema : route;
}

/** Schemas are large, and never changed once they are a page's. */
const texts = new WeakMap<object, string>();

function textOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return String(schema);
  const text = texts.get(schema) ?? JSON.stringify(schema);
  texts.set(schema, text);
  return text;
}
