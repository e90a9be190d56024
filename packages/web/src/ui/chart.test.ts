import { expect, test } from 'vitest';
import { downward } from './chart.tsx';

test('of many points so many are kept, no peak is lost, and the newest is the last', () => {
  const points = Array.from({ length: 10_000 }, (_, at) => ({ at, value: at === 4_321 ? 99 : at % 7 }));
  const kept = downward(points, 300);
  expect(kept.length).toBeLessThanOrEqual(301);
  expect(Math.max(...kept.map(({ value }) => value))).toBe(99);
  expect(kept.at(-1)).toEqual(points.at(-1));
});
