import { expect, test } from 'vitest';
import { samplePlan } from '../check/sample-input.ts';
import { maxOverlays, nextWarmRound, overlayRoom, type WarmReading } from './overlay-room.ts';

const gib = 1024 ** 3;
const mib = 1024 ** 2;

test.each([
  ['no plan', null, {}],
  ['nothing is copied while the guest runs', samplePlan('copy'), {}],
  ['disks that are not copied', samplePlan('keep', { warm: ['vda'] }), {}],
  [
    'a tenth of what the disk takes, twice',
    samplePlan('copy', { warm: ['vda'] }),
    { '/images': 2 * Math.ceil(gib / 10) },
  ],
])('%s', (_, plan, room) => {
  expect(Object.fromEntries(overlayRoom(plan))).toEqual(room);
});

test('never less than some, never more than the whole disk; disks of one directory together', () => {
  const [disk] = samplePlan('copy').disks;
  if (disk?.action !== 'copy') throw new Error('the sample copies a disk');
  const small = { ...disk, target: 'vdb', path: '/images/small', allocationBytes: 1 };
  const tiny = { ...small, target: 'vdc', path: '/other/tiny', capacityBytes: mib };
  const plan = samplePlan('copy', {
    disks: [small, { ...small, target: 'vdd' }, tiny],
    warm: ['vdb', 'vdc', 'vdd'],
  });
  expect(Object.fromEntries(overlayRoom(plan))).toEqual({ '/images': 4 * 64 * mib, '/other': 2 * mib });
});

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
