import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connection } from '../rpc/connection.ts';
import { backoffMs, defaultBackoff, type LinkEvent, type LinkState, nextLinkState } from './link-state.ts';

const one = { name: 'one' } as unknown as Connection;
const other = { name: 'other' } as unknown as Connection;
const reason = new Error('refused');
const now = { nowMs: 1_000, random: 0.5, backoff: { firstMs: 100, maxMs: 1_000 } };

const idle: LinkState = { kind: 'idle' };
const connecting: LinkState = { kind: 'connecting', failures: 2 };
const open: LinkState = { kind: 'open', connection: one };
const early: LinkState = { kind: 'waiting', failures: 2, reason, dueAtMs: 1_150, soonestAtMs: 1_001 };
const late: LinkState = { kind: 'waiting', failures: 2, reason, dueAtMs: 1_150, soonestAtMs: 1_000 };
const closed: LinkState = { kind: 'closed' };

const wanted: LinkEvent = { kind: 'wanted' };
const connected: LinkEvent = { kind: 'connected', connection: one };
const failed: LinkEvent = { kind: 'failed', reason };
const broke: LinkEvent = { kind: 'broke', connection: one, reason };
const stuck: LinkEvent = { kind: 'stuck', connection: one };
const due: LinkEvent = { kind: 'due' };

test.each<[string, LinkState, LinkEvent, LinkState]>([
  ['the first call connects', idle, wanted, { kind: 'connecting', failures: 0 }],
  ['further calls wait for the attempt', connecting, wanted, connecting],
  ['an attempt succeeds', connecting, connected, open],
  [
    'an attempt fails: the wait grows',
    connecting,
    failed,
    { kind: 'waiting', failures: 3, reason, dueAtMs: 1_300, soonestAtMs: 1_100 },
  ],
  ['a call too soon after a failure starts nothing', early, wanted, early],
  ['a call later starts the next attempt', late, wanted, { kind: 'connecting', failures: 2 }],
  ['the next attempt comes by itself', early, due, { kind: 'connecting', failures: 2 }],
  [
    'a connection breaks: a caller may ask for the next at once',
    open,
    broke,
    { kind: 'waiting', failures: 0, reason, dueAtMs: 1_075, soonestAtMs: 1_000 },
  ],
  ['a connection that hangs is left', open, stuck, { kind: 'connecting', failures: 0 }],
  ['that one left earlier breaks is nothing new', open, { ...broke, connection: other }, open],
  ['that one left earlier hangs is nothing new', open, { ...stuck, connection: other }, open],
  ['the owner closes it', open, { kind: 'closed' }, closed],
  ['closed is for good', closed, wanted, closed],
  ['an attempt that succeeds too late changes nothing', closed, connected, closed],
])('%s', (_, state, event, next) => {
  expect(nextLinkState(state, event, now)).toEqual(next);
});

test('an event that means nothing in a state leaves the very same state', () => {
  const states = [idle, connecting, open, early, closed];
  const events = [wanted, connected, failed, broke, stuck, due];
  const kept = states
    .flatMap((state) => events.map((event) => ({ state, next: nextLinkState(state, event, now) })))
    .filter(({ state, next }) => next.kind === state.kind);
  expect(kept.filter(({ state, next }) => next !== state)).toEqual([]);
});

test('waits grow to their bound, and are never shorter than half of it', () => {
  const failures = fc.integer({ min: 1, max: 5_000 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(failures, random, (count, chance) => {
      const bound = Math.min(defaultBackoff.maxMs, defaultBackoff.firstMs * 2 ** (count - 1));
      const waitMs = backoffMs(count, defaultBackoff, chance);
      expect(waitMs).toBeGreaterThanOrEqual(bound / 2);
      expect(waitMs).toBeLessThanOrEqual(bound);
    }),
  );
});
