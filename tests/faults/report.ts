import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCells, type Cell, cellName } from './cells.ts';
import { type Move, moves, phaseName, phasesOf } from './phases.ts';
import type { CellResult } from './run-cell.ts';
import { type Victim, victims } from './victims.ts';

const page = join(import.meta.dirname, '../../docs/reliability.md');
const [begin, end] = ['<!-- results begin -->', '<!-- results end -->'];
const titles: Readonly<Record<Move, string>> = {
  'live-shared': 'Live, shared disks',
  'live-block': 'Live, local disks',
  cold: 'Cold',
};

/** Writes all results into the page, between its marks. `machine`: what they were measured on. */
export function writeReport(results: ReadonlyMap<string, readonly CellResult[]>, machine: string): void {
  const text = readFileSync(page, 'utf8');
  const head = text.slice(0, text.indexOf(begin) + begin.length);
  const tail = text.slice(text.indexOf(end));
  writeFileSync(page, `${head}\n${report(results, machine)}\n${tail}`);
}

function report(results: ReadonlyMap<string, readonly CellResult[]>, machine: string): string {
  const [shared, alone] = [allCells('postgres'), allCells('sqlite')];
  const lastsOf = (cells: readonly Cell[]): CellResult[] =>
    cells.flatMap((cell) => results.get(cellName(cell))?.at(-1) ?? []);
  const [sharedLasts, aloneLasts] = [lastsOf(shared), lastsOf(alone)];
  const lasts = [...sharedLasts, ...aloneLasts];
  const struck = lasts.filter(({ verdict }) => verdict === 'whole' || verdict === 'left');
  const days = lasts.map(({ at }) => at.slice(0, 10)).toSorted();
  const seeds = [...new Set(lasts.map(({ seed }) => seed))].join(', ');
  const runs = [...results.values()].flat().filter(({ verdict }) => verdict === 'whole').length;
  const span = days[0] === days.at(-1) ? days[0] : `${days[0]} to ${days.at(-1)}`;
  return [
    `${span ?? 'never run'}, seed ${seeds}; ${machine}.`,
    '',
    `${sharedLasts.length} of ${shared.length} cells were run with PostgreSQL, which the tables show, and ${aloneLasts.length} of ${alone.length} with SQLite; in ${struck.length} the victim was there to be struck, in ${count(lasts, 'no-victim')} it was not, ${count(lasts, 'not-reached')} were not reached. Whole: **${count(struck, 'whole')} of ${struck.length}** (${runs} strikes with runs of the same cell). Median from the strike until nothing was left to do: ${seconds(struck)}.`,
    '',
    ...victimLines(struck),
    '',
    ...moves.flatMap((move) => table(move, results)),
    ...faults(struck),
  ].join('\n');
}

const count = (results: readonly CellResult[], verdict: CellResult['verdict']): number =>
  results.filter((one) => one.verdict === verdict).length;

function victimLines(struck: readonly CellResult[]): string[] {
  const rows = victims.flatMap((victim) =>
    (['returns', 'stays away'] as const).flatMap((how) => {
      const found = struck.filter(({ cell }) => cell.includes(`| ${victim} ${how}`));
      return found.length === 0
        ? []
        : [
            `| ${victim} ${how} | ${found.length} | ${count(found, 'whole')} | ${seconds(found)} | ${silence(found)} |`,
          ];
    }),
  );
  const head = '| victim | struck | whole | time, median | live: the guest silent, median and longest |';
  return [head, '|---|---|---|---|---|', ...rows];
}

/** How long guests that moved live did not answer. */
function silence(results: readonly CellResult[]): string {
  const sorted = results
    .flatMap(({ silentMs }) => silentMs ?? [])
    .toSorted((one, other) => one - other)
    .map((ms) => `${(ms / 1000).toFixed(1)} s`);
  const [middle, longest] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return middle === undefined ? '–' : `${middle}, ${longest} (${sorted.length})`;
}

function seconds(results: readonly CellResult[]): string {
  const sorted = results.map(({ settledSeconds }) => settledSeconds).toSorted((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? '–' : `${middle.toFixed(1)} s`;
}

/** With and without return, a slash between. */
function table(move: Move, results: ReadonlyMap<string, readonly CellResult[]>): string[] {
  const cells = allCells('postgres').filter((cell) => cell.move === move);
  const field = (name: string, victim: Victim): string =>
    cells
      .filter((cell) => cell.victim === victim && phaseName(cell.phase) === name)
      .map((cell) => mark(results, cell))
      .join(' / ');
  return [
    `### ${titles[move]}`,
    '',
    `| struck in | ${victims.join(' | ')} |`,
    `|---|${victims.map(() => '---|').join('')}`,
    ...phasesOf(move)
      .map(phaseName)
      .map((name) => `| ${name} | ${victims.map((victim) => field(name, victim)).join(' | ')} |`),
    '',
  ];
}

/** Seconds where all is whole; `–` where there was no such victim, `·` where it was not run. */
function mark(results: ReadonlyMap<string, readonly CellResult[]>, cell: Cell): string {
  const of = results.get(cellName(cell)) ?? [];
  const last = of.at(-1);
  if (last === undefined || last.verdict === 'not-reached') return '·';
  if (last.verdict === 'no-victim') return '–';
  if (last.verdict === 'left') return '**left**';
  const whole = of.filter(({ verdict }) => verdict === 'whole');
  return whole.length > 1 ? `${seconds(whole)} (${whole.length})` : seconds(whole);
}

function faults(struck: readonly CellResult[]): string[] {
  const left = struck.filter(({ verdict }) => verdict === 'left');
  if (left.length === 0) return [];
  return [
    '### What was left',
    '',
    ...left.map((one) => `- ${one.cell.replaceAll('|', '–')}: ${one.left.join('; ')} (${one.ended})`),
  ];
}
