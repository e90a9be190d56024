/** The bytes that are wanted of so many: all, some (both ends included), or some that there are not. */
export type ReadRange =
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'beyond' };

/** Reads a `Range` header (RFC 9110, 14): one range of bytes; of several, or in other units, all is given. */
export function readRange(header: string | undefined, lengthBytes: number): ReadRange {
  const [whole, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (whole === undefined || (first === '' && last === '')) return { kind: 'all' };
  if (first === '') {
    const start = Math.max(0, lengthBytes - Number(last));
    return Number(last) === 0 ? { kind: 'beyond' } : { kind: 'part', start, end: lengthBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? lengthBytes - 1 : Math.min(Number(last), lengthBytes - 1);
  if (last !== '' && Number(last) < start) return { kind: 'all' };
  return start >= lengthBytes ? { kind: 'beyond' } : { kind: 'part', start, end };
}
