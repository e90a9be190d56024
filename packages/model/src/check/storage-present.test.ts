import { describe, expect, test } from 'vitest';
import { storagePresentCheck } from './storage-present.ts';
import type { BackingPlan, CopiedDisk } from '../strategy/transfer-plan.ts';
import { sampleInput, samplePlan, severities } from './sample-input.ts';

/** A disk on a base. */
function sampleCopiedDisk(action: BackingPlan['action']): CopiedDisk {
  const sizes = { format: 'qcow2', capacityBytes: 1, allocationBytes: 1 };
  const backing = [{ path: '/images/base.qcow2', ...sizes, action }];
  const path = '/images/web.qcow2';
  return { action: 'copy', target: 'vda', path, ...sizes, readOnly: false, because: 'a probe', backing };
}

test('two bases of one name: both digests are told, and what to do', () => {
  const digests = { source: 'aa', target: 'bb' };
  const obstacle = { kind: 'base-differs', target: 'vda', path: '/images/base.qcow2', digests } as const;
  const [finding] = storagePresentCheck.judge(
    sampleInput({ plan: samplePlan('copy', { obstacles: [obstacle] }) }),
  );
  expect(finding?.compared).toMatchObject({ sourceDigest: 'aa', targetDigest: 'bb' });
  expect(finding?.message).toMatch(/bb.*aa/);
  expect(finding?.remedy).toContain('ferry image remove /images/base.qcow2');
});

describe('disks of the guest', () => {
  test.each([
    { when: 'shared', given: {}, finds: ['ok'] },
    { when: 'to be copied', given: { plan: samplePlan('copy') }, finds: ['ok'] },
    {
      when: 'the path is taken',
      given: {
        plan: samplePlan('copy', {
          obstacles: [{ kind: 'path-taken', target: 'vda', path: '/images/web.qcow2' }],
        }),
      },
      finds: ['error'],
    },
    {
      when: 'a base is missing',
      given: {
        plan: samplePlan('copy', {
          obstacles: [{ kind: 'base-not-shared', target: 'vda', path: '/images/web.qcow2' }],
        }),
      },
      finds: ['error'],
    },
    {
      when: 'nothing proven',
      given: {
        plan: samplePlan('copy', {
          obstacles: [{ kind: 'unproven', target: 'vda', path: '/images/web.qcow2' }],
        }),
      },
      finds: ['error'],
    },
    {
      when: 'the target has another base of that name',
      given: {
        plan: samplePlan('copy', {
          obstacles: [
            {
              kind: 'base-differs',
              target: 'vda',
              path: '/images/base.qcow2',
              digests: { source: 'aa', target: 'bb' },
            },
          ],
        }),
      },
      finds: ['error'],
    },
    {
      when: 'a base is on its way with another migration',
      given: { plan: samplePlan('copy', { disks: [sampleCopiedDisk('await')] }) },
      finds: ['ok', 'info'],
    },
    ...(
      [
        'unreachable',
        'one-host',
        'shareable',
        'no-device',
        'device-taken',
        'device-small',
        'device-differs',
        'encrypted-live',
      ] as const
    ).map((kind) => ({
      when: kind,
      given: {
        plan: samplePlan('keep', { obstacles: [{ kind, target: 'vda', path: 'web', reason: 'nas' }] }),
      },
      finds: ['error'],
    })),
    { when: 'none', given: { plan: samplePlan('keep', { disks: [] }) }, finds: ['ok'] },
    { when: 'no plan', given: { plan: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(storagePresentCheck, given)).toEqual(finds);
  });
});
