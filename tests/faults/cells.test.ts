import { movePlans } from '@ferry/controller/move-plans';
import { describe, expect, test } from 'vitest';
import { allCells, cellName, inTurns, momentOf, only } from './cells.ts';
import { moves, phasesOf, phaseName } from './phases.ts';
import { victims } from './victims.ts';

describe('the matrix', () => {
  test('has every step of every workflow, and the taking back of each that has one', () => {
    for (const move of moves) {
      const names = phasesOf(move).map(phaseName);
      const { steps } = move === 'cold' ? movePlans.cold : movePlans.live;
      expect(names).toEqual(expect.arrayContaining(steps.map(({ name }) => name)));
      const undone = steps.filter(({ undoable }) => undoable).map(({ name }) => `undo ${name}`);
      expect(names.filter((name) => name.startsWith('undo ')).toSorted()).toEqual(undone.toSorted());
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('has each cell once, each by a name of its own', () => {
    const names = [...allCells('postgres'), ...allCells('sqlite')].map(cellName);
    expect(new Set(names).size).toBe(names.length);
  });

  test('comes in another order with another seed, in the same with the same, and loses none', () => {
    const cells = allCells('postgres');
    const [one, again, other] = [1, 1, 2].map((seed) => inTurns(cells, seed).map(cellName));
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    expect(one?.toSorted()).toEqual(cells.map(cellName).toSorted());
  });

  test('begins with every kind of victim, whatever the seed', () => {
    for (const seed of [1, 2, 3]) {
      const first = inTurns(allCells('postgres'), seed).slice(0, victims.length);
      expect(first.map(({ victim }) => victim).toSorted()).toEqual([...victims].toSorted());
    }
  });

  test('strikes each cell at a moment that the seed decides, some before anything is done', () => {
    const cells = allCells('postgres');
    const moments = cells.map((cell) => momentOf(cell, 1));
    expect(cells.map((cell) => momentOf(cell, 1))).toEqual(moments);
    expect(moments).toContain(0);
    expect(new Set(moments).size).toBeGreaterThan(50);
  });

  test('is narrowed by names, and a name that is none is refused', () => {
    const some = only(allCells('postgres'), 'move=cold,phase=undo power-off,victim=controller,returns=no');
    expect(some.map(cellName)).toEqual(['cold | undo power-off | controller stays away']);
    const undone = only(allCells('postgres'), 'move=cold,phase=undo *');
    expect(new Set(undone.map(({ phase }) => phase.kind))).toEqual(new Set(['undo']));
    expect(() => only(allCells('postgres'), 'victims=controller')).toThrow('not "victims"');
  });
});
