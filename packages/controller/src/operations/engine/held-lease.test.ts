import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LeaseLost } from '../../store/database/lock-store.ts';
import { KeptLease } from './lease-keeper.ts';

const lease = { operationId: 'an operation', fence: 3 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const held = (forMs: number): KeptLease => new KeptLease(lease, performance.now() + forMs);

test('it is valid until its time is over, and then whoever works under it is told', () => {
  const one = held(1_000);
  vi.advanceTimersByTime(999);
  expect(() => one.require()).not.toThrow();
  expect(one.isLost).toBe(false);
  vi.advanceTimersByTime(1);
  expect(one.signal.reason).toBeInstanceOf(LeaseLost);
  expect(() => one.require()).toThrow(LeaseLost);
});

test('renewed in time it goes on, renewed too late it stays over', () => {
  const one = held(1_000);
  vi.advanceTimersByTime(900);
  one.extend(performance.now() + 1_000);
  vi.advanceTimersByTime(900);
  expect(() => one.require()).not.toThrow();
  vi.advanceTimersByTime(100);
  one.extend(performance.now() + 1_000);
  expect(() => one.require()).toThrow(LeaseLost);
});

test('a process that was stopped finds it over before any timer has run', () => {
  const one = held(1_000);
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 1_000);
  expect(one.isLost).toBe(false);
  expect(() => one.require()).toThrow(LeaseLost);
  expect(one.isLost).toBe(true);
});

test('once its work has ended nobody is told any more', () => {
  const one = held(1_000);
  one.end();
  vi.advanceTimersByTime(5_000);
  expect(one.isLost).toBe(false);
});
