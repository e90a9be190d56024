import { expect, test } from 'vitest';
import { type MemoryMeasurement, quietMoment } from './dirty-profile.ts';

const mebibyte = 1024 * 1024;
const at = (time: string): number => Date.parse(`2030-01-02T${time}:00.000Z`);

/** MiB a second by the hour, on the day before. */
function measured(rates: Readonly<Record<string, number>>): MemoryMeasurement[] {
  return Object.entries(rates).map(([hour, mib]) => ({
    at: `2030-01-01T${hour}:20:00.000Z`,
    memoryUsedBytes: null,
    windows: [{ windowMs: 10_000, bytes: mib * 10 * mebibyte, resolutionBytes: 0 }],
    diskWriteBytesPerSecond: null,
  }));
}

const day = measured({ '00': 40, '01': 20, '02': 4, '03': 5, '04': 1 });

test('it begins in the quietest hour that begins before the end', () => {
  expect(quietMoment(day, at('00:30'), at('04:00'))).toEqual({
    at: '2030-01-02T02:00:00.000Z',
    before: '2030-01-02T04:00:00.000Z',
    because:
      'from 02:00 UTC on it changes 4.0 MiB/s, and up to 40.0 MiB/s in the 4 hours until then that were measured',
  });
  expect(quietMoment(day, at('00:30'), at('04:01'))).toMatchObject({ at: '2030-01-02T04:00:00.000Z' });
});

test('in the quietest hour, or one that is about as quiet, it begins at once', () => {
  expect(quietMoment(day, at('02:40'), at('04:00'))).toMatchObject({ at: '2030-01-02T02:40:00.000Z' });
  const even = measured({ '00': 10.5, '01': 10 });
  expect(quietMoment(even, at('00:10'), at('02:00'))).toMatchObject({ at: '2030-01-02T00:10:00.000Z' });
});

test('hours that nobody measured are none of the quiet ones; with none that was, nothing is said', () => {
  const few = measured({ '01': 7, '03': 2 });
  expect(quietMoment(few, at('00:00'), at('04:00'))).toMatchObject({
    at: '2030-01-02T03:00:00.000Z',
    because: expect.stringContaining('2 of 4 hours') as string,
  });
  expect(quietMoment(few, at('05:00'), at('08:00'))).toBeNull();
  expect(quietMoment([], at('00:00'), at('04:00'))).toBeNull();
});
