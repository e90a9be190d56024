import { parseArgs } from 'node:util';
import { allCells, type Cell, cellName, type Database, inTurns, only } from './cells.ts';
import { FaultWorld } from './fault-world.ts';
import { machineLine } from './machine.ts';
import { writeReport } from './report.ts';
import { keepResult, readResults } from './results.ts';
import { type CellResult, runCell } from './run-cell.ts';

const usage = `Strikes every part in every phase of a move on real hosts, and writes docs/reliability.md.

  --seed N         order of the cells and moments of the strikes (1)
  --budget 20m     when no further cell is begun; s, m or h (20m)
  --only KEY=VALUE[,...]  move, phase, victim, returns=yes|no: only these cells; a value may end with *
  --database postgres|sqlite  what the controller keeps its data in (postgres)
  --lab NAME       name of the lab: runs of different names can go on at once (faults)
  --again          cells that have a result as well; else only those that have none, and those that were not whole
  --list           the cells in their order, and nothing is run`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    budget: { type: 'string', default: '20m' },
    only: { type: 'string' },
    database: { type: 'string', default: 'postgres' },
    lab: { type: 'string', default: 'faults' },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`--budget ${text}: for example 90s, 20m or 2h`);
  return Number(number) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}

function databaseOf(text: string): Database {
  if (text === 'postgres' || text === 'sqlite') return text;
  throw new Error(`--database ${text}: postgres or sqlite`);
}

/** Runs cells until the budget is spent, and tells what they ran on; null when none was run. A world in which something was left is given up for a new one. */
async function runAll(
  cells: readonly Cell[],
  seed: number,
  database: Database,
  budgetMs: number,
): Promise<string | null> {
  const end = performance.now() + budgetMs;
  let world: FaultWorld | null = null;
  let machine: string | null = null;
  try {
    for (const [index, cell] of cells.entries()) {
      if (performance.now() > end || stopped) break;
      world ??= await FaultWorld.up(values.lab, database);
      machine = await machineLine(world.lab);
      const result = await runOne(world, cell, seed);
      say(`${index + 1}/${cells.length} ${lineOf(result)}`);
      keepResult(result);
      if (result.verdict !== 'left') continue;
      await world.down();
      world = null;
    }
  } finally {
    await world?.down();
  }
  return machine;
}

/** A cell that breaks the test itself is told as one that left something: somebody has to look. */
async function runOne(world: FaultWorld, cell: Cell, seed: number): Promise<CellResult> {
  try {
    return await runCell(world, cell, seed);
  } catch (error) {
    say(world.ferry.log.split('\n').slice(-20).join('\n'));
    return {
      cell: cellName(cell),
      at: new Date().toISOString(),
      seed,
      verdict: 'left',
      left: [`not judged: ${error instanceof Error ? error.message : String(error)}`],
      ended: 'unknown',
      momentMs: 0,
      settledSeconds: 0,
      said: null,
    };
  }
}

function lineOf(result: CellResult): string {
  const { cell, verdict, settledSeconds, momentMs, ended, said, left, silentMs } = result;
  const away = said === null ? '' : `\n    meanwhile: ${said}`;
  const silent = silentMs == null ? '' : `, the guest silent for ${silentMs} ms`;
  const why = left.map((one) => `\n    ${one}`).join('');
  return `${verdict} ${settledSeconds} s (after ${momentMs} ms${silent}): ${cell}: ${ended}${away}${why}`;
}

let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    say('stopping after this cell');
    stopped = true;
  });

async function main(): Promise<void> {
  const seed = Number(values.seed);
  const database = databaseOf(values.database);
  const known = readResults();
  const isDone = (cell: Cell): boolean => {
    const last = known.get(cellName(cell))?.at(-1);
    return last !== undefined && last.verdict !== 'left' && last.verdict !== 'not-reached';
  };
  const wanted = values.only === undefined ? allCells(database) : only(allCells(database), values.only);
  const cells = inTurns(wanted, seed).filter((cell) => values.again || !isDone(cell));
  if (values.list) {
    for (const cell of cells) say(cellName(cell));
    return;
  }
  const machine = await runAll(cells, seed, database, milliseconds(values.budget));
  if (machine === null) {
    say('no cell was run: docs/reliability.md stays as it is');
    return;
  }
  writeReport(readResults(), machine);
  say('docs/reliability.md is written');
}

if (values.help) say(usage);
else await main();
