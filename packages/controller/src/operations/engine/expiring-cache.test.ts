import { expect, test } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';

test('an answer is kept for its time, one that could not be had is not', async () => {
  const clock = { nowMs: 0 };
  const answers = new ExpiringCache<number>(100, () => clock.nowMs);
  const next = [null, 1, 2];
  const ask = () => answers.of('a', () => Promise.resolve(next.shift() ?? null));
  expect(await ask()).toBeNull();
  expect(await ask()).toBe(1);
  clock.nowMs = 99;
  expect(await ask()).toBe(1);
  expect(await answers.of('b', () => Promise.resolve(7))).toBe(7);
  clock.nowMs = 100;
  expect(await ask()).toBe(2);
});
