/** What each call passes on its way: the work is what it was asked for. */
export type Gate = (name: string, work: () => unknown) => Promise<unknown>;

/**
 * An object whose calls, and those of its parts and of what they give, pass a gate. What gives no promise passes as it is:
 * it does nothing in the world. `opened` hears of what can be closed.
 */
export function gated<T extends object>(
  target: T,
  gate: Gate,
  opened: (one: { close(): unknown }) => void,
  path = '',
): T {
  const inner = (value: object, at: string): object => gated(value, gate, opened, at);
  return new Proxy(target, {
    get: (_, property): unknown => {
      const value: unknown = Reflect.get(target, property, target);
      const at = path === '' ? String(property) : `${path}.${String(property)}`;
      if (typeof value !== 'function') return isParts(value) ? inner(value, at) : value;
      return (...args: unknown[]): unknown => {
        let given: unknown;
        const work = (): unknown => Reflect.apply(value, target, args);
        if (!isAsync(value, at)) {
          given = work();
          // The same thing again, bound to a lease or a host: its calls have the same names.
          return isParts(given) ? inner(given, String(property) === 'under' ? '' : path) : given;
        }
        return gate(at, work).then((result) => {
          if (!isParts(result) || !('close' in result) || typeof result.close !== 'function') return result;
          opened(result as { close(): unknown });
          return inner(result, path);
        });
      };
    },
  });
}

/** Functions that give something at once: another such object, or pieces of a stream. */
const atOnce: ReadonlySet<string> = new Set([
  'under',
  'host',
  'now',
  'events',
  'readImage',
  'compress',
  'close',
]);

function isAsync(_: unknown, at: string): boolean {
  return !atOnce.has(at.split('.').at(-1) ?? '');
}

function isParts(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain data, bytes and streams go through as they are; classes and objects of functions are parts.
  if (Array.isArray(value) || value instanceof Uint8Array || Symbol.asyncIterator in value) return false;
  if (value instanceof Map || value instanceof Date || value instanceof Promise) return false;
  return prototype !== Object.prototype || Object.values(value).some((one) => typeof one === 'function');
}
