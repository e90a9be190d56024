import { expect, test } from 'vitest';
import { samplePlan } from '../check/sample-input.ts';
import { overlayRoom } from './overlay-room.ts';

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
