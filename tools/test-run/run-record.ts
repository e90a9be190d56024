/** What a test file did in a run. */
export interface FileRecord {
  readonly ring: string;
  readonly file: string;
  /** Seconds of its tests and hooks. */
  readonly seconds: number;
  /** Seconds that reading it and all that it imports took. */
  readonly importSeconds: number;
  /** A test of it failed, or the file itself. */
  readonly failed: boolean;
}

/** What one run of vitest did. */
export interface RunRecord {
  readonly files: readonly FileRecord[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many errors came from outside tests. */
  readonly outsideTests: number;
  /** What failed and why, a line each. */
  readonly failures: readonly string[];
}

/** Nothing was run. */
export const emptyRecord: RunRecord = {
  files: [],
  passed: 0,
  failed: 0,
  skipped: 0,
  outsideTests: 0,
  failures: [],
};

/** All that several runs did. */
export function joined(records: readonly RunRecord[]): RunRecord {
  const sum = (of: (record: RunRecord) => number): number => records.reduce((all, one) => all + of(one), 0);
  return {
    files: records.flatMap(({ files }) => files),
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    outsideTests: sum(({ outsideTests }) => outsideTests),
    failures: records.flatMap(({ failures }) => failures),
  };
}
