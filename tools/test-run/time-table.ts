import type { FileRecord } from './run-record.ts';

/** A phase of a run: a process of vitest, or a set-up. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Of all processes it started, as far as they have ended. */
  readonly processorSeconds: number;
}

const slowest = 20;

/** Where the time of a run went: by phase, by ring, and the files that took longest. */
export function timeTable(phases: readonly Phase[], files: readonly FileRecord[]): string {
  const rings = [...new Set(files.map(({ ring }) => ring))];
  const ofRings = rings.map((ring) => {
    const own = files.filter((file) => file.ring === ring);
    const tests = own.reduce((sum, { seconds }) => sum + seconds, 0);
    const reading = own.reduce((sum, { importSeconds }) => sum + importSeconds, 0);
    return [ring, String(own.length), tests.toFixed(0), reading.toFixed(0)];
  });
  const ofPhases = phases.map(({ name, seconds, processorSeconds }) => [
    name,
    seconds.toFixed(0),
    processorSeconds.toFixed(0),
  ]);
  const ofFiles = files
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, slowest)
    .map(({ seconds, ring, file }) => [seconds.toFixed(1), ring, file]);
  return [
    ...columns(['phase', 'seconds', 'processor seconds'], ofPhases),
    '',
    ...columns(['ring', 'files', 'seconds in tests', 'seconds reading files'], ofRings),
    '',
    ...columns(['seconds', 'ring', `the ${slowest} slowest files`], ofFiles),
  ].join('\n');
}

function columns(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => rows.every((row) => /^[\d.]*$/.test(row[column] ?? '')));
  return all.map((row) =>
    row
      .map((cell, column) =>
        isNumber[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
