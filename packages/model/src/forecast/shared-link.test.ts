import { expect, test } from 'vitest';
import { sharedRate } from './shared-link.ts';

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
