/** What failed in a run of tests. */
export interface Failures {
  /** Files with a test that failed, or that failed themselves, and the ring that they were run in. */
  readonly files: readonly { readonly ring: string; readonly file: string }[];
  /** How many errors came from outside tests. */
  readonly outsideTests: number;
}

/** More than so many files are not bad luck. */
const mostAgain = 3;

/**
 * The files to be run once more from their beginning. Only those on real hosts: a guest on a loaded machine can miss a
 * deadline, everywhere else a failure is one. Whole files, since a test's hosts are as its failure left them.
 */
export function filesToRunAgain({ files, outsideTests }: Failures): string[] {
  const onRealHosts = files.every(({ ring }) => ring === 'lab');
  return onRealHosts && outsideTests === 0 && files.length <= mostAgain ? files.map(({ file }) => file) : [];
}
