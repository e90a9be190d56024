import { afterAll, beforeAll, expect, test } from 'vitest';
import { allCells, cellName, inTurns } from '../faults/cells.ts';
import { FaultWorld } from '../faults/fault-world.ts';
import { runCell } from '../faults/run-cell.ts';
import { victims } from '../faults/victims.ts';

/** With this one, every victim of the first turn is there when it is to be struck, and all three kinds of move are met. */
const seed = 1413;
/** Each kind of victim once; `make faults` meets the others. */
const some = inTurns(allCells('postgres'), seed).slice(0, victims.length);

let world: FaultWorld;

beforeAll(async () => {
  world = await FaultWorld.up('kills', 'postgres');
});
afterAll(() => world?.down());

test.each(some.map((cell) => ({ name: cellName(cell), cell })))(
  '$name: the guest runs once, whole, and nothing is left',
  async ({ cell }) => {
    const result = await runCell(world, cell, seed);
    expect(result).toMatchObject({ verdict: 'whole', left: [] });
  },
);
