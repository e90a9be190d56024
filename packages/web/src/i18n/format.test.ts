import { expect, test } from 'vitest';
import { bytes, duration, time } from './format.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1536, '1.5 KiB'],
  [64 * 1024 ** 2, '64 MiB'],
  [12.34 * 1024 ** 3, '12.3 GiB'],
  [1023 * 1024 ** 3, '1 TiB'],
])('%d bytes are said as %s', (value, said) => {
  expect(bytes(value)).toBe(said);
});

test.each([
  [12.4, '12 ms'],
  [3_240, '3.2 s'],
  [250_000, '4 min 10 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms are said as %s', (value, said) => {
  expect(duration(value)).toBe(said);
});

test('a time of today is a time of day, another has its day too', () => {
  const now = new Date();
  expect(time(now.toISOString(), 'en', now)).toMatch(/^\d{2}:\d{2}:\d{2}$/);
  expect(time('2020-02-03T12:00:00Z', 'en', now)).toContain('2020');
});
