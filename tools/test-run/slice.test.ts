import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thoroughParts } from './thorough-parts.ts';
import type { Part } from './part.ts';
import { fitting, orderOfDay, pairsOf, sideBySide, startsOf } from './slice.ts';

/** What a slice may take, as `.ci/run` asks for it, with two parts at a time. */
const sliceMinutes = 15 * sideBySide;
const part = (minutes: number, index: number): Part => ({
  name: `part ${index}`,
  ring: 'lab',
  files: [],
  leftOut: 'whole',
  proves: [],
  minutes,
});
const week = Array.from({ length: 7 }, (_, day) => new Date(Date.UTC(2026, 10, 23 + day, 12)));

test('every day runs an order of all parts, each once', () => {
  const parts = [3, 1, 2, 4].map(part);
  for (const day of week)
    expect(orderOfDay(parts, day).toSorted((one, other) => one.name.localeCompare(other.name))).toEqual(
      parts,
    );
});

test('seven days whose slices hold a seventh of the time and the longest part run all of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 6, noNaN: true }), { minLength: 1, maxLength: 40 }),
      (all) => {
        const parts = all.map(part);
        const room = all.reduce((sum, one) => sum + one, 0) / 7 + Math.max(...all);
        const run = new Set(week.flatMap((day) => fitting(orderOfDay(parts, day), room)));
        expect(run.size).toBe(parts.length);
      },
    ),
  );
});

test('what a week of slices of fifteen minutes runs is everything that the gate leaves out', () => {
  const run = new Set(week.flatMap((day) => fitting(orderOfDay(thoroughParts, day), sliceMinutes)));
  expect(thoroughParts.filter((one) => !run.has(one)).map(({ name }) => name)).toEqual([]);
});

test('one part that is longer than the slice is run alone', () => {
  expect(fitting([part(40, 0), part(1, 1)], 15)).toHaveLength(1);
});

test('parts run by twos of like length, each once', () => {
  const pairs = pairsOf([1, 5, 2, 4, 3].map(part));
  expect(pairs.map((pair) => pair.map(({ minutes }) => minutes))).toEqual([[5, 4], [3, 2], [1]]);
});

test('days begin at growing places', () => {
  expect(startsOf([1, 1, 1, 1, 1, 1, 1].map(part))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(startsOf([70, 1, 1].map(part))).toEqual([0, 0, 0, 0, 0, 0, 0]);
});
