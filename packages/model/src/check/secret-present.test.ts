import { expect, test } from 'vitest';
import type { SecretComparison } from '../storage/pool-facts.ts';
import { sampleInput, severities } from './sample-input.ts';
import { secretPresentCheck } from './secret-present.ts';

const facts = { uuid: 's1', usageType: 'iscsi', usage: 'san', isPrivate: false, hasValue: true };
const secret = (change: Partial<SecretComparison>): SecretComparison => ({
  ref: { usageType: 'iscsi', uuid: null, usage: 'san' },
  disks: ['vda'],
  atSource: facts,
  onTarget: facts,
  sameValue: true,
  ...change,
});

test.each([
  { when: 'both have it', change: {}, found: 'ok' },
  { when: 'the target lacks it', change: { onTarget: 'absent', sameValue: null }, found: 'info' },
  {
    when: 'it is private at the source',
    change: { atSource: { ...facts, isPrivate: true, hasValue: null }, onTarget: 'absent' },
    found: 'error',
  },
  {
    when: 'it is private on both',
    change: { atSource: { ...facts, isPrivate: true, hasValue: null }, sameValue: null },
    found: 'warning',
  },
  {
    when: 'at the source it has no value either',
    change: { atSource: { ...facts, hasValue: false }, onTarget: 'absent' },
    found: 'error',
  },
  { when: 'nobody has it', change: { atSource: 'absent', onTarget: 'absent' }, found: 'error' },
  { when: 'it has no value there', change: { onTarget: { ...facts, hasValue: false } }, found: 'error' },
  { when: 'it has another value there', change: { sameValue: false }, found: 'error' },
  {
    when: 'the use belongs to another there',
    change: { onTarget: { ...facts, uuid: 's2' } },
    found: 'error',
  },
  { when: 'the target was silent', change: { onTarget: null }, found: 'unknown' },
  { when: 'the source was silent', change: { atSource: null }, found: 'unknown' },
] as const)('$when: $found', ({ change, found }) => {
  expect(severities(secretPresentCheck, { secrets: [secret(change)] })).toEqual([found]);
});

test('a private one is brought by hand, and the remedy says how', () => {
  const atSource = { ...facts, isPrivate: true, hasValue: null };
  const [finding] = secretPresentCheck.judge(
    sampleInput({ secrets: [secret({ atSource, onTarget: 'absent' })] }),
  );
  expect(finding?.remedy).toContain('virsh secret-set-value');
});
