import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Silence } from './silence.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function silence(limitMs: number): { readonly silence: Silence; readonly ended: string[] } {
  const ended: string[] = [];
  return { ended, silence: new Silence(limitMs, 'sent nothing', ({ message }) => ended.push(message)) };
}

test('a wait that goes on for too long is ended once, however often it is begun', () => {
  const { silence: one, ended } = silence(2_000);
  one.begin();
  vi.advanceTimersByTime(1_500);
  one.begin();
  vi.advanceTimersByTime(500);
  expect(ended).toEqual(['the daemon has sent nothing for 2 s']);
  vi.advanceTimersByTime(60_000);
  expect(ended).toHaveLength(1);
});

test('time in which something came, or nobody waits, does not count', () => {
  const { silence: one, ended } = silence(2_000);
  one.begin();
  vi.advanceTimersByTime(1_999);
  one.end();
  vi.advanceTimersByTime(60_000);
  one.begin();
  vi.advanceTimersByTime(1_999);
  one.end();
  expect(ended).toEqual([]);
});

test('without a limit it is waited for as long as it takes', () => {
  const { silence: one, ended } = silence(Number.POSITIVE_INFINITY);
  one.begin();
  vi.advanceTimersByTime(365 * 24 * 3_600_000);
  expect(ended).toEqual([]);
});
