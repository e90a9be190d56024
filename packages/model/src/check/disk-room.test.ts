import { describe, expect, test } from 'vitest';
import { diskRoomCheck } from './disk-room.ts';
import { samplePlan, severities } from './sample-input.ts';

describe('room for disks', () => {
  test.each([
    { when: 'nothing is copied', given: {}, finds: ['ok'] },
    {
      when: 'room for all it may grow to',
      given: {
        plan: samplePlan('copy'),
        room: [{ directory: '/images', present: true, availableBytes: 4 * 1024 ** 3, claimedBytes: 0 }],
      },
      finds: ['ok'],
    },
    {
      when: 'room for what it takes now',
      given: {
        plan: samplePlan('copy'),
        room: [{ directory: '/images', present: true, availableBytes: 1024 ** 3, claimedBytes: 0 }],
      },
      finds: ['warning'],
    },
    {
      when: 'too little room',
      given: {
        plan: samplePlan('copy'),
        room: [{ directory: '/images', present: true, availableBytes: 1024 ** 3 - 1, claimedBytes: 0 }],
      },
      finds: ['error'],
    },
    {
      when: 'room that others have claimed',
      given: {
        plan: samplePlan('copy'),
        room: [
          { directory: '/images', present: true, availableBytes: 2 * 1024 ** 3, claimedBytes: 1024 ** 3 + 1 },
        ],
      },
      finds: ['error'],
    },
    {
      when: 'cold, room for all but what its copy leaves free',
      given: {
        request: { kind: 'cold-migration' as const },
        plan: samplePlan('copy'),
        room: [
          {
            directory: '/images',
            present: true,
            availableBytes: 1024 ** 3 + 64 * 1024 ** 2 - 1,
            claimedBytes: 0,
          },
        ],
      },
      finds: ['error'],
    },
    {
      when: 'no such directory',
      given: {
        plan: samplePlan('copy'),
        room: [{ directory: '/images', present: false, availableBytes: null, claimedBytes: 0 }],
      },
      finds: ['error'],
    },
    { when: 'room not told', given: { plan: samplePlan('copy') }, finds: ['unknown'] },
    { when: 'no plan', given: { plan: null, planProblem: 'no answer' }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(diskRoomCheck, given)).toEqual(finds);
  });
});
