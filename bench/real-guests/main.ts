import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type GuestVerdict, judgeGuest } from './judge-guest.ts';

/** How many guests of a folder are judged by what hosts have, refused, or a matter of an operator's word, with the rows that say so. */
const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('bench/real-guests: a folder of domain XMLs is wanted (make bench-real-guests DIR=…)');
  process.exitCode = 64;
}
const maxRows = 40;

for (const folder of folders) {
  const files = xmlFiles(folder);
  for (const kind of ['live-migration', 'cold-migration'] as const) {
    const verdicts = files.flatMap((file): GuestVerdict[] => {
      const xml = readFileSync(file, 'utf8');
      // Beside domains, folders of examples have networks, and parts of domains.
      return /<domain[\s>]/.test(xml) ? [judgeGuest(xml, kind)] : [];
    });
    print(folder, kind, verdicts);
  }
}

function xmlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.xml'))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .toSorted();
}

function print(folder: string, kind: string, verdicts: readonly GuestVerdict[]): void {
  const count = (verdict: GuestVerdict['verdict']): number =>
    verdicts.filter((one) => one.verdict === verdict).length;
  console.log(`\n${folder}: ${verdicts.length} guests, ${kind}`);
  for (const verdict of ['judged', 'unknown', 'refused', 'unreadable'] as const) {
    console.log(`  ${String(count(verdict)).padStart(5)} ${verdict}`);
    const rows = verdicts
      .filter((one) => one.verdict === verdict)
      .flatMap(({ rows: all }) => [...new Set(all)]);
    const counted = [...Map.groupBy(rows, (row) => row)].map(([row, all]) => [row, all.length] as const);
    const sorted = counted.toSorted(([, a], [, b]) => b - a);
    for (const [row, times] of sorted.slice(0, maxRows))
      console.log(`        ${String(times).padStart(4)} × ${row}`);
    if (sorted.length > maxRows) console.log(`             and ${sorted.length - maxRows} more rows`);
  }
}
