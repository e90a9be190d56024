import { expect, test } from 'vitest';
import type { InstanceFault } from './instance-fault.ts';
import { vmStateSeen } from './vm-state-seen.ts';

const fault: InstanceFault = {
  kind: 'vanished',
  message: 'no host has it',
  remedy: 'look',
  hostIds: [],
  withoutGap: null,
  keep: null,
};

test('what was powered elsewhere follows its power', () => {
  const before = { powerState: 'running', vmState: 'active', fault: null } as const;
  expect(vmStateSeen(before, 'shutoff')).toBe('stopped');
  expect(vmStateSeen(before, 'paused')).toBe('paused');
  expect(vmStateSeen(before, 'crashed')).toBe('error');
});

test('a suspended instance stays so while it is off, and is active when it runs', () => {
  const before = { powerState: 'shutoff', vmState: 'suspended', fault: null } as const;
  expect(vmStateSeen(before, 'shutoff')).toBe('suspended');
  expect(vmStateSeen({ ...before, fault }, 'shutoff')).toBe('suspended');
  expect(vmStateSeen(before, 'running')).toBe('active');
});

test('an error that a person has set lasts until the power changes; one of a fault ends with it', () => {
  const before = { powerState: 'running', vmState: 'error', fault: null } as const;
  expect(vmStateSeen(before, 'running')).toBe('error');
  expect(vmStateSeen(before, 'shutoff')).toBe('stopped');
  expect(vmStateSeen({ ...before, fault }, 'running')).toBe('active');
});
