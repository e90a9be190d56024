/**
 * Our answers in the form in which they are compared: integers and truth as text, bytes as hexadecimal digits, typed
 * parameters as an object.
 */
export function plain(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'string') return value ?? null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return plainList(value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

function plainList(list: readonly unknown[]): unknown {
  return isParameters(list) ? ofParameters(list) : list.map(plain);
}

type Field = { readonly field: string; readonly value: unknown };

function isParameters(list: readonly unknown[]): list is readonly Field[] {
  return list.length > 0 && list.every((one) => typeof one === 'object' && one !== null && 'field' in one);
}

function ofParameters(list: readonly Field[]): unknown {
  return Object.fromEntries(list.map(({ field, value }) => [field, plain(value)]));
}
