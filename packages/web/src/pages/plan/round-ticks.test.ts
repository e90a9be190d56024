import { expect, test } from 'vitest';
import { roundTicks } from './round-ticks.ts';

test.each([
  { of: 1_227_000, ticks: [0, 300_000, 600_000, 900_000, 1_200_000] },
  { of: 4_200, ticks: [0, 1_000, 2_000, 3_000, 4_000] },
  { of: 1, ticks: [0, 1] },
  { of: 50_000, ticks: [0, 10_000, 20_000, 30_000, 40_000, 50_000] },
  { of: 400_000_000, ticks: [0, 86_400_000, 172_800_000, 259_200_000, 345_600_000] },
])('an axis of $of ms has round times', ({ of, ticks }) => {
  expect(roundTicks(of)).toEqual(ticks);
});
