import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** A file on real hosts that failed at its first run and passed at its second, and when. */
export interface SecondRun {
  readonly file: string;
  /** Days of the year, as 2026-11-29; one for each time. */
  readonly days: readonly string[];
  /** Excused by name: why, and until which day. After that it counts again. */
  readonly quarantined?: { readonly because: string; readonly until: string };
}

/** So often is bad luck no more. */
const maxSecondRuns = 2;

/** The list with the files that just needed a second run. */
export function withSecondRuns(
  list: readonly SecondRun[],
  files: readonly string[],
  day: string,
): SecondRun[] {
  const known = list.map((one) => (files.includes(one.file) ? { ...one, days: [...one.days, day] } : one));
  const others = files.filter((file) => list.every((one) => one.file !== file));
  return [...known, ...others.map((file) => ({ file, days: [day] }))];
}

/** What in the list makes a run fail: to be mended, and then taken off it, or excused with a reason and a date. */
export function tooOften(list: readonly SecondRun[], day: string): SecondRun[] {
  return list.filter(
    ({ days, quarantined }) =>
      days.length > maxSecondRuns && (quarantined === undefined || quarantined.until < day),
  );
}

/** Reads the list that is kept in the repository. */
export function readSecondRuns(path: string): SecondRun[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SecondRun[]) : [];
}

export function writeSecondRuns(path: string, list: readonly SecondRun[]): void {
  writeFileSync(path, `${JSON.stringify(list, null, 2)}\n`);
}
