import { expect, test } from 'vitest';
import { readDeadline, readShare } from './plan-options.ts';

test('a time of day is the next one that comes; a time is taken as it is', () => {
  const now = new Date(2030, 0, 31, 22, 30);
  expect(readDeadline('23:15', now)).toBe(new Date(2030, 0, 31, 23, 15).toISOString());
  expect(readDeadline('04:00', now)).toBe(new Date(2030, 1, 1, 4, 0).toISOString());
  expect(readDeadline('2030-02-01T04:00:00Z', now)).toBe('2030-02-01T04:00:00.000Z');
  for (const wrong of ['24:00', '4', 'tomorrow', '2030-02-31x'])
    expect(() => readDeadline(wrong, now)).toThrow('a time of day');
});

test('a share is a percentage or a number up to 1', () => {
  expect([readShare('70%'), readShare('0.7'), readShare('100 %')]).toEqual([0.7, 0.7, 1]);
  for (const wrong of ['70', '0', '101%', 'half'])
    expect(() => readShare(wrong)).toThrow('a share is wanted');
});
