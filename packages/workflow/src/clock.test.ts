import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';

const day = 24 * 60 * 60_000;

describe('the machine clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('calls back after a deadline that is longer than a timer of Node', () => {
    const call = vi.fn<() => void>();
    systemClock.after(60 * day, call);
    vi.advanceTimersByTime(60 * day - 1);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledOnce();
  });

  test('calls back no more once it was told so, in any part of the wait', () => {
    const call = vi.fn<() => void>();
    const cancel = systemClock.after(60 * day, call);
    vi.advanceTimersByTime(40 * day);
    cancel();
    vi.advanceTimersByTime(40 * day);
    expect(call).not.toHaveBeenCalled();
  });
});

test('a sleep ends when its signal aborts', async () => {
  const abort = new AbortController();
  const sleep = systemClock.sleep(day, abort.signal);
  abort.abort();
  await expect(sleep).rejects.toThrow('aborted');
});
