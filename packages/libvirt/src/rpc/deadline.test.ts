import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startDeadline } from './call-options.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a deadline longer than the longest timer of Node comes at its time, not at once', () => {
  const expired = vi.fn<() => void>();
  startDeadline(2 ** 32, expired);
  vi.advanceTimersByTime(2 ** 32 - 1);
  expect(expired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(expired).toHaveBeenCalledTimes(1);
});

test('no deadline never comes, and a cancelled one neither', () => {
  const expired = vi.fn<() => void>();
  startDeadline(Number.POSITIVE_INFINITY, expired);
  startDeadline(2 ** 32, expired)();
  expect(vi.getTimerCount()).toBe(0);
});
