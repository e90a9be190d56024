import { type Move, moves, type Phase, phaseName, phasesOf } from './phases.ts';
import { seeded } from './seeded.ts';
import { type Victim, victims } from './victims.ts';

export type Database = 'postgres' | 'sqlite';

/** One field of the matrix. */
export interface Cell {
  readonly move: Move;
  readonly phase: Phase;
  readonly victim: Victim;
  /** Whether the victim comes back soon, or stays away until it has been told what is missing. */
  readonly returns: boolean;
  readonly database: Database;
}

/** A cell as it is called in output and results. */
export function cellName({ move, phase, victim, returns, database }: Cell): string {
  const far = database === 'postgres' ? '' : `, on ${database}`;
  return `${move} | ${phaseName(phase)} | ${victim} ${returns ? 'returns' : 'stays away'}${far}`;
}

/** Every cell that can be: a process that was killed does not come back, and SQLite has no second controller. */
export function allCells(database: Database): Cell[] {
  const cells: Cell[] = [];
  for (const move of moves)
    for (const phase of phasesOf(move))
      for (const victim of victims)
        for (const returns of [true, false])
          if (canBe(victim, returns, database)) cells.push({ move, phase, victim, returns, database });
  return cells;
}

function canBe(victim: Victim, returns: boolean, database: Database): boolean {
  if (victim === 'source-qemu' || victim === 'target-qemu') return !returns;
  if (database === 'postgres') return true;
  return victim !== 'database-restart' && (victim !== 'controller' || returns);
}

/** Shuffles the cells by the seed, in turns: each turn has every kind of victim once, as long as there are any. */
export function inTurns(cells: readonly Cell[], seed: number): Cell[] {
  const next = seeded(seed);
  const shuffled = cells
    .map((cell) => ({ cell, at: next() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ cell }) => cell);
  const seen = new Map<Victim, number>();
  return shuffled
    .map((cell) => {
      const turn = (seen.get(cell.victim) ?? 0) + 1;
      seen.set(cell.victim, turn);
      return { cell, turn };
    })
    .toSorted((one, other) => one.turn - other.turn)
    .map(({ cell }) => cell);
}

const longestWaitMs = 400;
const share = { atOnce: 0.4 };

/** How long after the phase has begun it is struck, milliseconds; 0: before the controller does anything in it. */
export function momentOf(cell: Cell, seed: number): number {
  const hash = Buffer.from(cellName(cell)).reduce((sum, byte) => Math.imul(sum, 31) + byte, seed);
  const next = seeded(hash);
  return next() < share.atOnce ? 0 : Math.round(next() * longestWaitMs) + 1;
}

/** The cells that `--only victim=controller,phase=commit` names; a key may be there once; a value that ends with `*` is a beginning. */
export function only(cells: readonly Cell[], filter: string): Cell[] {
  const wanted = new Map(filter.split(',').map((pair) => pair.split('=', 2) as [string, string]));
  const known: Readonly<Record<string, (cell: Cell) => string>> = {
    move: ({ move }) => move,
    phase: ({ phase }) => phaseName(phase),
    victim: ({ victim }) => victim,
    returns: ({ returns }) => (returns ? 'yes' : 'no'),
  };
  for (const key of wanted.keys())
    if (known[key] === undefined)
      throw new Error(`--only knows ${Object.keys(known).join(', ')}, not "${key}"`);
  return cells.filter((cell) => [...wanted].every(([key, value]) => fits(known[key]?.(cell), value)));
}

function fits(text: string | undefined, value: string): boolean {
  return value.endsWith('*') ? text?.startsWith(value.slice(0, -1)) === true : text === value;
}
