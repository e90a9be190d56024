import { describe, expect, test } from 'vitest';
import type { CheckInput, OverlayObstacle } from './check-input.ts';
import { sampleDomain, sampleInput, samplePlan, severities } from './sample-input.ts';
import { warmReadyCheck } from './warm-ready.ts';

const gib = 1024 ** 3;
const ready = {
  request: { kind: 'cold-migration', warm: true },
  plan: samplePlan('copy', { form: 'cold', warm: ['vda'] }),
  warm: {
    obstacles: [],
    room: [{ directory: '/images', present: true, availableBytes: gib, claimedBytes: 0 }],
  },
} as const;

function obstacle(kind: OverlayObstacle['kind'], disk = 'vda'): CheckInput['warm'] {
  return { ...ready.warm, obstacles: [{ disk, kind, what: 'copy' }] };
}

test.each([
  ['nobody asks for it', { request: { kind: 'cold-migration' } }, ['ok']],
  ['all is well', {}, ['ok']],
  ['the guest is off', { domain: sampleDomain({ power: 'shutoff' }) }, ['info']],
  ['all disks are shared', { plan: samplePlan('keep') }, ['info']],
  ['the source does not answer', { domain: null }, ['unknown']],
  ['nobody told what runs on the disks', { warm: null }, ['unknown']],
  ['the source tells no room', { warm: { ...ready.warm, room: [] } }, ['unknown']],
  [
    'there is too little room',
    {
      warm: {
        ...ready.warm,
        room: [{ directory: '/images', present: true, availableBytes: 1024, claimedBytes: 0 }],
      },
    },
    ['error'],
  ],
  [
    'there is too little beside what other warm moves may take',
    { warm: { ...ready.warm, room: ready.warm.room.map((room) => ({ ...room, claimedBytes: gib - 1024 })) } },
    ['error'],
  ],
  ['the definition goes with the guest', { domain: sampleDomain({ persistent: false }) }, ['error']],
] as const)('%s', (_, change, found) => {
  expect(severities(warmReadyCheck, { ...ready, ...change })).toEqual(found);
});

describe('disks', () => {
  test.each(['job', 'encrypted', 'transient', 'not-a-file'] as const)('%s: refused', (kind) => {
    expect(severities(warmReadyCheck, { ...ready, warm: obstacle(kind) })).toEqual(['error']);
  });

  test('what is on a disk that is not copied is in nobody’s way', () => {
    expect(severities(warmReadyCheck, { ...ready, warm: obstacle('job', 'vdb') })).toEqual(['ok']);
  });

  test('checkpoints are refused with the way without them', () => {
    const { extras, ...domain } = sampleDomain();
    const input = sampleInput({
      ...ready,
      domain: { ...domain, extras: { ...extras, checkpoints: ['c1'] } },
    });
    const [finding] = warmReadyCheck.judge(input);
    expect(finding).toMatchObject({ severity: 'error', compared: { checkpoints: 1 } });
    expect(finding?.remedy).toContain('without --warm');
  });
});
