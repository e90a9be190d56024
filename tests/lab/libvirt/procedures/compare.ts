import { expect } from 'vitest';

/**
 * Holds an answer against a yardstick's from before and after it. What did not change in between must be the same;
 * a number that did must lie between the two, or where it `drifts` up and down at will, must be a number of their
 * order.
 */
export function compare(ours: unknown, before: unknown, after: unknown, drifts: boolean): void {
  expect(ours).toEqual(expected(ours, before, after, drifts));
}

/** What ours should have been: ours itself wherever it is within bounds. */
function expected(ours: unknown, before: unknown, after: unknown, drifts: boolean): unknown {
  if (isNumber(ours) && isNumber(before) && isNumber(after)) {
    return within(BigInt(ours), BigInt(before), BigInt(after), drifts) ? ours : `${before} to ${after}`;
  }
  if (isObject(ours) && isObject(before) && isObject(after) && !isEmptyList(ours)) {
    const pairs = Object.entries(before).map(([key, value]) => [
      key,
      expected(ours[key], value, after[key], drifts),
    ]);
    const made = Object.fromEntries(pairs) as Record<string, unknown>;
    return Array.isArray(before) ? Object.values(made) : made;
  }
  // Where nothing is in it, a list of parameters cannot be told from another.
  return isEmptyList(ours) && isObject(before) && Object.keys(before).length === 0 ? ours : before;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function within(ours: bigint, before: bigint, after: bigint, drifts: boolean): boolean {
  const [low, high] = before < after ? [before, after] : [after, before];
  return drifts ? ours >= low / 2n && ours <= high * 2n : ours >= low && ours <= high;
}

function isNumber(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d+$/.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
