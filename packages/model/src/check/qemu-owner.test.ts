import { describe, expect, test } from 'vitest';
import type { OwnershipFacts } from '../host/host-facts.ts';
import { qemuOwnerCheck } from './qemu-owner.ts';
import { sampleDisk, sampleDomain, sampleHost, sampleInput, samplePlan, severities } from './sample-input.ts';

const otherUid = { target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64055 } }) };
const otherBoth = { target: sampleHost('beta', { qemuOwner: { uid: 64066, gid: 64066 } }) };
const cold = { request: { kind: 'cold-migration' as const } };
const fileOf = (uid: number, mode: number) =>
  sampleDomain({
    disks: [
      sampleDisk({
        image: {
          path: '/images/web.qcow2',
          format: 'qcow2',
          capacityBytes: 1,
          allocationBytes: 1,
          owner: { uid, gid: 64055, mode },
        },
      }),
    ],
  });
const leftAlone: OwnershipFacts = { dynamic: false, remembered: false };
const toRoot: OwnershipFacts = { dynamic: true, remembered: false };
const givenBack: OwnershipFacts = { dynamic: true, remembered: true };
const both = (facts: OwnershipFacts | null) => ({ ownership: { source: facts, target: facts } });

describe('the owner of QEMU', () => {
  test.each([
    { when: 'the same', given: {}, finds: ['ok'] },
    { when: 'not told', given: { target: sampleHost('beta', { qemuOwner: null }) }, finds: ['unknown'] },
    { when: 'differs, no plan', given: { ...otherBoth, plan: null }, finds: ['unknown'] },
    { when: 'differs, disk copied', given: { ...otherBoth, plan: samplePlan('copy') }, finds: ['ok'] },
    { when: 'differs, shared, nothing known of owners', given: otherBoth, finds: ['error'] },
    {
      when: 'differs, shared, owners change, then root',
      given: { ...otherUid, ...both(toRoot) },
      finds: ['error'],
    },
    {
      when: 'differs, shared, owners change and back',
      given: { ...otherUid, ...both(givenBack) },
      finds: ['error'],
    },
    {
      when: 'differs, shared, one side changes owners',
      given: { ...otherUid, domain: fileOf(64055, 0o660), ownership: { source: toRoot, target: leftAlone } },
      finds: ['error'],
    },
    {
      when: 'differs, left alone, the group may write',
      given: { ...otherUid, domain: fileOf(64055, 0o660), ...both(leftAlone) },
      finds: ['ok'],
    },
    {
      when: 'differs, left alone, the owner alone may write',
      given: { ...otherUid, domain: fileOf(64055, 0o600), ...both(leftAlone) },
      finds: ['error'],
    },
    {
      when: 'differs, left alone, mode not known',
      given: { ...otherUid, ...both(leftAlone) },
      finds: ['error'],
    },
    { when: 'cold, nothing known', given: { ...otherBoth, ...cold }, finds: ['warning'] },
    {
      when: 'cold, the target gives it to its own',
      given: { ...otherBoth, ...cold, ...both(toRoot) },
      finds: ['ok'],
    },
    {
      when: 'cold, left alone, it is the target’s',
      given: { ...otherBoth, ...cold, domain: fileOf(64066, 0o600), ...both(leftAlone) },
      finds: ['ok'],
    },
    {
      when: 'cold, left alone, closed to the target',
      given: { ...otherBoth, ...cold, domain: fileOf(64055, 0o600), ...both(leftAlone) },
      finds: ['error'],
    },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(qemuOwnerCheck, given)).toEqual(finds);
  });

  test('a file that is closed is named with its owner and mode, and what to do', () => {
    const [finding] = qemuOwnerCheck.judge(
      sampleInput({ ...otherUid, domain: fileOf(64055, 0o600), ...both(leftAlone) }),
    );
    expect(finding?.remedy).toContain('/images/web.qcow2 (64055:64055 0600)');
    expect(finding?.compared).toMatchObject({
      source: '64055:64055',
      target: '64066:64055',
      targetOwnership: 'left alone',
    });
  });
});
