import { describe, expect, test } from 'vitest';
import { qemuOwnerCheck } from './qemu-owner.ts';
import { sampleDisk, sampleDomain, sampleHost, samplePlan, severities } from './sample-input.ts';

describe('the owner of QEMU', () => {
  test.each([
    { when: 'the same', given: {}, finds: ['ok'] },
    {
      when: 'differs, disk shared',
      given: { target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64066 } }) },
      finds: ['error'],
    },
    {
      when: 'differs, disk copied',
      given: {
        target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64066 } }),
        plan: samplePlan('copy'),
      },
      finds: ['ok'],
    },
    {
      when: 'differs, disk shared, cold',
      given: {
        request: { kind: 'cold-migration' as const },
        target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64066 } }),
      },
      finds: ['warning'],
    },
    {
      when: 'same group that may write',
      given: {
        target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64055 } }),
        domain: sampleDomain({
          disks: [
            sampleDisk({
              image: {
                path: '/images/web.qcow2',
                format: 'qcow2',
                capacityBytes: 1,
                allocationBytes: 1,
                owner: { uid: 64055, gid: 64055, mode: 0o660 },
              },
            }),
          ],
        }),
      },
      finds: ['warning'],
    },
    {
      when: 'same group, mode not known',
      given: { target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64055 } }) },
      finds: ['error'],
    },
    {
      when: 'differs, no plan',
      given: { target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64066 } }), plan: null },
      finds: ['unknown'],
    },
    { when: 'not told', given: { target: sampleHost('beta', { qemuOwner: null }) }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(qemuOwnerCheck, given)).toEqual(finds);
  });
});
