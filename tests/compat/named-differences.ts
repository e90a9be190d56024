import type { SuiteResult } from './tempest.ts';

/** A row of the document: tests whose names begin so fail, for that reason. */
export interface NamedDifference {
  readonly tests: readonly string[];
  readonly because: string;
}

/** Reads the document's table `| tests | why |`: names in backticks, and the reason. */
export function namedDifferences(markdown: string): NamedDifference[] {
  return [...markdown.matchAll(/^\| (`[^|]+`) \| ([^|]+) \|$/gm)].map(([, names = '', because = '']) => ({
    tests: [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    because: because.trim(),
  }));
}

/** What fails and is in no row, with what the suite says of it, and names in rows that nothing that failed begins with. */
export function unnamed(
  results: readonly SuiteResult[],
  named: readonly NamedDifference[],
): { readonly failedWithoutReason: readonly string[]; readonly passesByNow: readonly string[] } {
  const failed = results.filter(({ end }) => end === 'failed');
  const names = named.flatMap(({ tests }) => tests);
  return {
    failedWithoutReason: failed
      .filter(({ name }) => !names.some((one) => covers(one, name)))
      .map(({ name, why }) => `${name}: ${why.trim()}`),
    passesByNow: names.filter((one) => !failed.some(({ name }) => covers(one, name))),
  };
}

/** Whether a name in a row stands for a test: it is the test, or what the test is in. */
function covers(name: string, test: string): boolean {
  return test === name || test.startsWith(`${name}.`);
}
