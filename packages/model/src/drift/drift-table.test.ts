import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { driftTable } from './drift-table.ts';
import { hostWords } from './host-shows.ts';

/** The cells of each row of the table under a heading of docs/states.md, without head and rule. */
function tableUnder(heading: string): string[][] {
  const page = readFileSync(new URL('../../../../docs/states.md', import.meta.url), 'utf8');
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the drift table of the documentation is this one, row by row', () => {
  const written = tableUnder('Drift').map((cells) => cells.slice(0, 3));
  const rows = driftTable.map(({ itsHost, others, drift, because }) => [
    itsHost === hostWords ? 'anything' : itsHost.join(', '),
    others,
    `\`${drift}\`${because === null ? '' : `: ${because}`}`,
  ]);
  expect(written).toEqual(rows);
});

test('the words of the documentation are these, each explained', () => {
  const written = tableUnder('Words of the drift table');
  expect(written.map(([word]) => word)).toEqual([...hostWords]);
  for (const [, meaning] of written) expect(meaning).not.toBe('');
});
