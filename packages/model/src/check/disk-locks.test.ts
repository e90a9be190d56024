import { describe, expect, test } from 'vitest';
import { diskLocksCheck } from './disk-locks.ts';
import { sampleDisk, sampleDomain, samplePlan, severities } from './sample-input.ts';

const images = { directory: '/images', disks: ['vda'] };
const shareable = sampleDomain({ disks: [sampleDisk({ shareable: true })] });

describe('what keeps a second guest from shared disks', () => {
  test.each([
    { when: 'a lock', given: {}, finds: ['ok'] },
    { when: 'no lock', given: { diskLocks: [{ ...images, hold: false }] }, finds: ['warning'] },
    { when: 'it did not show', given: { diskLocks: [{ ...images, hold: null }] }, finds: ['unknown'] },
    { when: 'nothing is shared', given: { diskLocks: [], plan: samplePlan('copy') }, finds: ['ok'] },
    { when: 'a shareable disk', given: { diskLocks: [], domain: shareable }, finds: ['warning'] },
    {
      when: 'a shareable disk that is copied',
      given: { diskLocks: [], domain: shareable, plan: samplePlan('copy') },
      finds: ['ok'],
    },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(diskLocksCheck, given)).toEqual(finds);
  });
});
