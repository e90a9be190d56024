import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request to a real OpenStack and its reply; tokens and passwords blanked. */
export interface Sample {
  readonly request: { readonly method: string; readonly url: string; readonly body: unknown };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** What two shapes need not have in common. Paths are as in `token.roles[].name`. */
export interface ShapeOptions {
  /** Not looked at, whether there or not. */
  readonly ignore?: readonly string[];
  /** May be null here where the sample shows a value. */
  readonly nullable?: readonly string[];
}

/** One of tests/compat/samples. */
export function readSample(name: string): Sample {
  const path = join(import.meta.dirname, 'samples', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Sample;
}

/**
 * How the shape of one JSON value differs from a sample's: fields that are there once only, other JSON types. Where the
 * sample has null or an empty list there is nothing to compare. Each item of a list is held against all of the sample's
 * items, whose fields need not be the same: one that some of them lack may be missing. Empty: no difference.
 */
export function shapeDifferences(actual: unknown, sample: unknown, options: ShapeOptions = {}): string[] {
  return compare(actual, [sample], '', options);
}

function compare(
  actual: unknown,
  samples: readonly unknown[],
  path: string,
  options: ShapeOptions,
): string[] {
  if (options.ignore?.includes(path) === true) return [];
  const telling = samples.filter((sample) => sample !== null);
  if (telling.length === 0) return [];
  if (actual === null && (telling.length < samples.length || options.nullable?.includes(path) === true))
    return [];
  const types = new Set(telling.map(typeOf));
  if (!types.has(typeOf(actual)))
    return [`${path || 'the whole'} is ${typeOf(actual)}, not ${[...types].join(' or ')}`];
  if (Array.isArray(actual)) {
    const items = telling.filter(Array.isArray).flat() as unknown[];
    return items.length === 0
      ? []
      : [...new Set(actual.flatMap((one) => compare(one, items, `${path}[]`, options)))];
  }
  return isObject(actual) ? compareFields(actual, telling.filter(isObject), path, options) : [];
}

function compareFields(
  actual: Readonly<Record<string, unknown>>,
  samples: readonly Readonly<Record<string, unknown>>[],
  path: string,
  options: ShapeOptions,
): string[] {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const known = new Set(samples.flatMap((sample) => Object.keys(sample)));
  const looked = (key: string): boolean => options.ignore?.includes(at(key)) !== true;
  const missing = [...known]
    .filter((key) => !(key in actual) && samples.every((sample) => key in sample) && looked(key))
    .map((key) => `${at(key)} is missing`);
  const others = Object.keys(actual)
    .filter((key) => !known.has(key) && looked(key))
    .map((key) => `${at(key)} is not in the sample`);
  const within = Object.entries(actual)
    .filter(([key]) => known.has(key))
    .flatMap(([key, value]) =>
      compare(
        value,
        samples.filter((sample) => key in sample).map((sample) => sample[key]),
        at(key),
        options,
      ),
    );
  return [...missing, ...others, ...within];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}
