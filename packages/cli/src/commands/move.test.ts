import { expect, test } from 'vitest';
import { nextTime, quietBefore } from './move.ts';

const local = (text: string): Date => new Date(`2030-01-02T${text}:00`);

test('a time of the day is the next one that a clock here shows', () => {
  expect(nextTime('04:00', undefined, local('03:59'))).toBe(local('04:00').toISOString());
  expect(nextTime('04:00', undefined, local('04:00'))).toBe(new Date('2030-01-03T04:00:00').toISOString());
  for (const wrong of ['4', '24:00', '04:60', '4pm', '']) expect(() => nextTime(wrong)).toThrow('HH:MM');
});

test('both options go together', () => {
  expect(quietBefore({})).toEqual({ before: null });
  expect(quietBefore({ at: 'now' })).toEqual({ before: null });
  expect(quietBefore({ at: 'quiet', before: 'then' })).toEqual({ before: 'then' });
  expect(quietBefore({ at: 'quiet' })).toMatchObject({
    wrong: expect.stringContaining('--before') as string,
  });
  expect(quietBefore({ before: 'then' })).toMatchObject({
    wrong: expect.stringContaining('--at quiet') as string,
  });
});
