import { expect, test } from 'vitest';
import { nextWarmRound, type WarmReading } from './next-warm-round.ts';
import { maxOverlays } from './overlay-room.ts';

const mib = 1024 ** 2;
/** 100 MiB a second, and 30 seconds of writes are left. */
const slow: WarmReading = {
  round: 1,
  roundBytes: 10_000 * mib,
  waitingBytes: 3_000 * mib,
  movedBytes: 10_000 * mib,
  elapsedMs: 100_000,
};

test.each<[string, Partial<WarmReading>, 'again' | 'power-off']>([
  ['much is left, and much less than was copied', {}, 'again'],
  ['little is left', { waitingBytes: 32 * mib }, 'power-off'],
  ['what is left is sent within a second', { waitingBytes: 100 * mib }, 'power-off'],
  ['it takes a little more than a second', { waitingBytes: 101 * mib }, 'again'],
  ['the guest writes nearly as fast as is copied', { waitingBytes: 7_501 * mib }, 'power-off'],
  ['the last round that there may be', { round: maxOverlays }, 'power-off'],
  ['the round before', { round: maxOverlays - 1 }, 'again'],
  ['nothing was sent: all of it came before a restart', { movedBytes: 0, elapsedMs: 10 }, 'again'],
])('%s', (_, change, next) => {
  expect(nextWarmRound({ ...slow, ...change })).toBe(next);
});
