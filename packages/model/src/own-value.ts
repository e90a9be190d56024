/** What a record has under a name of somebody's choice, `constructor` and `__proto__` among them; undefined where it has nothing. */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
