/** The same object, but for some of its functions or parts. */
export function replacing<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (_, property): unknown =>
      Object.hasOwn(replaced, property) ? Reflect.get(replaced, property) : ofTarget(target, property),
  });
}

/** A function of it as it is, called on it: the parts of a host keep what is theirs in private fields. */
export function ofTarget(target: object, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property, target);
  if (typeof value !== 'function') return value;
  return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
}
