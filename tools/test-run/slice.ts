import type { Part } from './part.ts';

const dayMs = 86_400_000;

/**
 * The order in which parts are run on a day: the turn goes round by the date, so that a run needs no memory of others
 * and a week of days runs everything. Each day begins where seven equal shares of the time say, and goes on from there.
 */
export function orderOfDay(parts: readonly Part[], now: Date): Part[] {
  const begin = Math.floor((now.getTime() / dayMs) % 7);
  const starts = startsOf(parts);
  const first = starts[begin] ?? 0;
  return [...parts.slice(first), ...parts.slice(0, first)];
}

/** Of an ordered list what fits into so many minutes; the first one always does: what is too long for any slice would never be run else. */
export function fitting(parts: readonly Part[], minutes: number): Part[] {
  const taken: Part[] = [];
  let used = 0;
  for (const part of parts) {
    if (taken.length > 0 && used + part.minutes > minutes) break;
    taken.push(part);
    used += part.minutes;
  }
  return taken;
}

/** How much more fits into a time by two parts side by side on two processors: less than twice, as each is slower then. */
export const sideBySide = 1.5;

/** Parts by twos of about the same length, so that neither waits long for the other. */
export function pairsOf(parts: readonly Part[]): Part[][] {
  const byLength = parts.toSorted((one, other) => other.minutes - one.minutes);
  return Array.from({ length: Math.ceil(byLength.length / 2) }, (_, index) =>
    byLength.slice(2 * index, 2 * index + 2),
  );
}

/** The index of the part that each of the seven days begins with. */
export function startsOf(parts: readonly Part[]): number[] {
  const share = parts.reduce((sum, part) => sum + part.minutes, 0) / 7;
  return Array.from({ length: 7 }, (_, day) => {
    let before = 0;
    return Math.max(
      0,
      parts.findIndex((part) => {
        before += part.minutes;
        return before > share * day + 1e-9;
      }),
    );
  });
}
