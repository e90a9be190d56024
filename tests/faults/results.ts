import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellResult } from './run-cell.ts';

/** Where results are kept from run to run, a line each: what one run did not reach another may. */
export const resultsFile: string = join(import.meta.dirname, 'results.jsonl');

export function keepResult(result: CellResult): void {
  appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
}

/** The results of each cell, oldest first. */
export function readResults(): Map<string, CellResult[]> {
  const results = new Map<string, CellResult[]>();
  if (!existsSync(resultsFile)) return results;
  for (const line of readFileSync(resultsFile, 'utf8').split('\n')) {
    if (line === '') continue;
    const result = JSON.parse(line) as CellResult;
    results.set(result.cell, [...(results.get(result.cell) ?? []), result]);
  }
  return results;
}
