import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askAgainAfterMs, askUntilDone, timesAsked } from './ask-until-done.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** Asks a guest that does it at the request of that number; when it was asked, and how it ended. */
async function askGuest(
  { hears, withinMs }: { hears: number; withinMs: number },
  signal?: AbortSignal,
): Promise<{ done: boolean; askedAt: number[] }> {
  const began = performance.now();
  const askedAt: number[] = [];
  const asking = askUntilDone({
    ask: () => {
      askedAt.push(performance.now() - began);
      return Promise.resolve();
    },
    isDone: () => Promise.resolve(askedAt.length >= hears),
    withinMs,
    askAgainMs: askAgainAfterMs.powerOff,
    pollMs: 100,
    signal,
  });
  const [done] = await Promise.all([asking, vi.advanceTimersByTimeAsync(withinMs + 100)]);
  return { done, askedAt };
}

test('a guest that listens is asked once', async () => {
  expect(await askGuest({ hears: 1, withinMs: 60_000 })).toEqual({ done: true, askedAt: [0] });
});

test('a guest that still boots is asked every ten seconds until it hears', async () => {
  const { done, askedAt } = await askGuest({ hears: 4, withinMs: 60_000 });
  expect({ done, askedAt }).toEqual({ done: true, askedAt: [0, 10_000, 20_000, 30_000] });
});

test('a guest that never listens has its time and no more', async () => {
  const { done, askedAt } = await askGuest({ hears: Number.POSITIVE_INFINITY, withinMs: 60_000 });
  expect(done).toBe(false);
  expect(askedAt).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  expect(timesAsked(60_000, askAgainAfterMs.powerOff)).toBe(askedAt.length);
});

test('who no longer wants it done is heard between two looks', async () => {
  const stop = new AbortController();
  const asking = askGuest({ hears: 9, withinMs: 60_000 }, stop.signal);
  stop.abort(new Error('not wanted any more'));
  await expect(asking).rejects.toThrow('not wanted any more');
});
