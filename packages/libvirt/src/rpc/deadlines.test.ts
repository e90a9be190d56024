import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadlines } from './pending-calls.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Deadlines of so many milliseconds, and the list of those that have come. */
function waiting(...deadlines: number[]) {
  const all = new Deadlines();
  const came: number[] = [];
  const cancel = deadlines.map((deadlineMs) => all.add(deadlineMs, () => came.push(deadlineMs)));
  return { all, came, cancel };
}

test('each deadline comes at its time, whatever the order in which they were waited for', () => {
  const { came } = waiting(300, 100, 200);
  vi.advanceTimersByTime(99);
  expect(came).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(came).toEqual([100]);
  vi.advanceTimersByTime(200);
  expect(came).toEqual([100, 200, 300]);
});

test('they share one timer, and one that is cancelled never comes', () => {
  const { came, cancel } = waiting(100, 200, 200);
  expect(vi.getTimerCount()).toBe(1);
  cancel[0]?.();
  cancel[1]?.();
  vi.advanceTimersByTime(1_000);
  expect(came).toEqual([200]);
  expect(vi.getTimerCount()).toBe(0);
});

test('one that is waited for later comes at its own time, also after all others have come', () => {
  const { all, came } = waiting(100);
  vi.advanceTimersByTime(50);
  all.add(100, () => came.push(150));
  vi.advanceTimersByTime(99);
  expect(came).toEqual([100]);
  vi.advanceTimersByTime(1);
  expect(came).toEqual([100, 150]);
  all.add(0, () => came.push(0));
  vi.advanceTimersByTime(0);
  expect(came).toEqual([100, 150, 0]);
});

test('a deadline longer than the longest timer of Node comes at its time, not at once; none never comes', () => {
  const { came } = waiting(2 ** 32, Number.POSITIVE_INFINITY);
  vi.advanceTimersByTime(2 ** 32 - 1);
  expect(came).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(came).toEqual([2 ** 32]);
  expect(vi.getTimerCount()).toBe(0);
});

test('after the stop nothing comes, and what is waited for then does', () => {
  const { all, came } = waiting(100);
  all.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(came).toEqual([]);
  all.add(100, () => came.push(100));
  vi.advanceTimersByTime(100);
  expect(came).toEqual([100]);
});

test('what is called back may wait again', () => {
  const { all, came } = waiting();
  all.add(10, () => {
    came.push(10);
    all.add(10, () => came.push(20));
  });
  vi.advanceTimersByTime(20);
  expect(came).toEqual([10, 20]);
});
