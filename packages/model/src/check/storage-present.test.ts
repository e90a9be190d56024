import { describe, expect, test } from 'vitest';
import { storagePresentCheck } from './storage-present.ts';
import { sampleDomain, samplePlan, severities } from './sample-input.ts';

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
    ...(['unreachable', 'one-host', 'pool', 'volume-live', 'shareable'] as const).map((kind) => ({
      when: kind,
      given: {
        plan: samplePlan('keep', { obstacles: [{ kind, target: 'vda', path: 'web', reason: 'nas' }] }),
      },
      finds: ['error'],
    })),
    { when: 'none', given: { plan: samplePlan('keep', { disks: [] }) }, finds: ['ok'] },
    { when: 'no plan', given: { plan: null }, finds: ['unknown'] },
    {
      when: 'a kernel beside the disks',
      given: { domain: sampleDomain({ bootFiles: ['/boot/vmlinuz'] }) },
      finds: ['ok', 'warning'],
    },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(storagePresentCheck, given)).toEqual(finds);
  });
});
