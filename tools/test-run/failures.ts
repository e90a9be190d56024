import type { RunRecord } from './run-record.ts';

/** More than so many files are not bad luck. */
const maxAgain = 3;

/**
 * The files to be run once more from their beginning. Only those on real hosts: a guest on a loaded machine can miss a
 * deadline, everywhere else a failure is one. Whole files, since a test's hosts are as its failure left them.
 */
export function filesToRunAgain({ files, outsideTests }: RunRecord): string[] {
  const failed = files.filter((file) => file.failed);
  const onRealHosts = failed.every(({ ring }) => ring === 'lab');
  return onRealHosts && outsideTests === 0 && failed.length <= maxAgain ? failed.map(({ file }) => file) : [];
}
