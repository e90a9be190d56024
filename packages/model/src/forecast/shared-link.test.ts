import { expect, test } from 'vitest';
import { linkCapacity, sharedRate, togetherRate } from './shared-link.ts';

test.each([
  { what: 'alone', limits: [], rate: 100 },
  { what: 'with one that has no limit', limits: [null], rate: 50 },
  { what: 'with one that is held to less', limits: [20], rate: 80 },
  { what: 'with one whose limit it never meets', limits: [70], rate: 50 },
  { what: 'with several', limits: [10, null, 60], rate: 30 },
  { what: 'with two that leave the rest', limits: [30, 10], rate: 60 },
])('of a link of 100 it gets, $what, $rate', ({ limits, rate }) => {
  expect(sharedRate(100, limits)).toBe(rate);
});

const moves = (...rates: readonly (readonly [number | null, number | null])[]) =>
  rates.map(([rateBytesPerSecond, limitBytesPerSecond]) => ({ rateBytesPerSecond, limitBytesPerSecond }));

test('what several send together is the sum, where each sends what the link lets it', () => {
  expect(togetherRate(moves([40, null], [60, null]))).toBe(100);
  expect(togetherRate(moves([40, 80], [60, 200]))).toBe(100);
  // One that sends what its limit lets it tells of the limit.
  expect(togetherRate(moves([40, 44], [60, null]))).toBeNull();
  expect(togetherRate(moves([40, null], [null, null]))).toBeNull();
  expect(togetherRate(moves([40, null]))).toBeNull();
});

test('what several share is what was measured, else what was said; where neither is known none is held back', () => {
  expect(linkCapacity({ alone: [60, 70], together: [90, 110] }, 1_000)).toBe(110);
  // A link carries what one alone has sent, whatever was seen or said else.
  expect(linkCapacity({ alone: [120], together: [90] }, null)).toBe(120);
  expect(linkCapacity({ alone: [120], together: [] }, 100)).toBe(120);
  expect(linkCapacity({ alone: [60], together: [] }, 100)).toBe(100);
  // One alone may be held by its own processor: that is no capacity.
  expect(linkCapacity({ alone: [60], together: [] }, null)).toBeNull();
});
