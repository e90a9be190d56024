import { expect, test } from 'vitest';
import { samplePlan } from '../check/sample-input.ts';
import { claimedRoom } from './overlay-room.ts';
import type { FileCopy } from './file-copy.ts';

const gib = 1024 ** 3;
const plan = samplePlan('copy');
const copy = (change: Partial<FileCopy>): FileCopy => ({
  path: '/images/web.qcow2',
  way: { kind: 'streams', because: 'no shell' },
  state: 'begun',
  part: null,
  source: null,
  pieces: [],
  resumedBytes: 0,
  sentBytes: 0,
  wireBytes: 0,
  compression: null,
  elapsedMs: null,
  digest: null,
  ...change,
});

test.each([
  ['nothing is under way', [], {}],
  ['a copy that has not begun claims all that it takes', [{ plan, copies: [] }], { '/images': gib }],
  [
    'what was brought is gone from the room already, and is not claimed again',
    [{ plan, copies: [copy({ resumedBytes: gib / 4, sentBytes: gib / 4 })] }],
    { '/images': gib / 2 },
  ],
  ['a copy that is done claims nothing', [{ plan, copies: [copy({ state: 'done' })] }], { '/images': 0 }],
  [
    'several add up',
    [
      { plan, copies: [] },
      { plan, copies: [] },
      { plan: samplePlan('keep'), copies: [] },
      { plan: null, copies: [] },
    ],
    { '/images': 2 * gib },
  ],
])('%s', (_, migrations, claimed) => {
  expect(Object.fromEntries(claimedRoom(migrations))).toEqual(claimed);
});
