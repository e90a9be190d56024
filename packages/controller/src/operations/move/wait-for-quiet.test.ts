import type { QuietMoment } from '@ferry/model';
import { expect, test } from 'vitest';
import type { MoveContext } from '../context/move-context.ts';
import { waitForQuiet } from './wait-for-quiet.ts';

const quiet: QuietMoment = {
  at: '2030-01-02T02:00:00.000Z',
  before: '2030-01-02T04:00:00.000Z',
  because: 'it is quiet then',
};

/** A controller whose clock shows these times, one look after the other; it is asked to end it from so many looks at that on. */
function contextAt(
  times: readonly string[],
  said: unknown[],
  moment: QuietMoment | null = quiet,
  abortedFrom = Number.POSITIVE_INFINITY,
  form: 'coordinated' | 'cold' = 'coordinated',
): MoveContext {
  const left = [...times];
  let looks = 0;
  const store = {
    now: () => (left.length > 1 ? left.shift() : left[0]),
    migrations: {
      advance: (...words: unknown[]) => Promise.resolve(void said.push(words)),
      setPhase: (...words: unknown[]) => Promise.resolve(void said.push(words)),
      byId: () => {
        looks += 1;
        return Promise.resolve({ abortRequested: looks >= abortedFrom });
      },
    },
  };
  const services = { store, limits: { pollMs: 1 } };
  const input = { migrationId: 'm', quiet: moment, plan: { form } };
  return { input, services, signal: new AbortController().signal } as unknown as MoveContext;
}

test('it says what it waits for and until when, and goes on when the clock is there', async () => {
  const said: unknown[] = [];
  // The clock jumps: what is left is looked at again, and not counted.
  await waitForQuiet(contextAt(['2030-01-02T01:59:59.990Z', '2030-01-02T01:59:59.990Z', quiet.at], said));
  expect(said).toEqual([
    [
      'm',
      'queued',
      'waits until 2030-01-02T02:00:00.000Z for its guest to be quiet (before 2030-01-02T04:00:00.000Z): it is quiet then',
    ],
  ]);
});

test('a cold one has no status for it, and says the same', async () => {
  const said: unknown[] = [];
  const times = ['2030-01-02T01:59:59.990Z', '2030-01-02T01:59:59.990Z', quiet.at];
  await waitForQuiet(contextAt(times, said, quiet, Number.POSITIVE_INFINITY, 'cold'));
  expect(said).toEqual([['m', expect.stringContaining('waits until 2030-01-02T02:00:00.000Z')]]);
});

test('without a moment, or after it, nothing is waited for and nothing said', async () => {
  const said: unknown[] = [];
  await waitForQuiet(contextAt(['2030-01-02T02:00:01.000Z'], said));
  await waitForQuiet(contextAt(['2030-01-02T00:00:00.000Z'], said, null));
  expect(said).toEqual([]);
});

test('it can be aborted while it waits', async () => {
  const waiting = waitForQuiet(contextAt(['2030-01-02T00:00:00.000Z'], [], quiet, 4));
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
});
