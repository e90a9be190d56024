/** What the log can hold: JSON. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** `toPlain` found something at `path` that JSON would lose or change. */
class NotPlain extends Error {
  override readonly name = 'NotPlain';

  constructor(path: string, what: string) {
    super(`${path} is ${what}`);
  }
}

/**
 * The value as it will come back from the log. Steps are given this copy also when nothing was restarted, so that
 * a run and a recovered run see the same outputs. `undefined` is left out of objects and is null elsewhere;
 * what JSON would change silently (dates, maps, NaN, class instances) is refused.
 */
export function toPlain(value: unknown, path = 'value'): Plain {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new NotPlain(path, String(value));
      return Object.is(value, -0) ? 0 : value;
    case 'object':
      return value === null ? null : plainObject(value, path);
    case 'bigint':
    case 'function':
    case 'symbol':
    default:
      throw new NotPlain(path, `a ${typeof value}`);
  }
}

function plainObject(value: object, path: string): Plain {
  if (Array.isArray(value)) return value.map((item, index) => toPlain(item, `${path}[${index}]`));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotPlain(path, `a ${value.constructor.name}`);
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, toPlain(item, `${path}.${key}`)]));
}
