import { expect, test } from 'vitest';
import type { InstanceFault } from './instance.ts';
import { serverStatus, serverStatuses, statesOfStatus, vmStateSeen } from './server-status.ts';

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

test.each([
  ['active', null, 'ACTIVE'],
  ['active', 'powering-off', 'ACTIVE'],
  ['active', 'migrating', 'MIGRATING'],
  ['active', 'rebooting', 'REBOOT'],
  ['active', 'rebooting_hard', 'HARD_REBOOT'],
  ['paused', 'migrating', 'MIGRATING'],
  ['paused', 'resize_migrating', 'PAUSED'],
  ['stopped', null, 'SHUTOFF'],
  ['stopped', 'resize_migrating', 'RESIZE'],
  ['stopped', 'powering-on', 'SHUTOFF'],
  ['resized', null, 'VERIFY_RESIZE'],
  ['resized', 'resize_reverting', 'REVERT_RESIZE'],
  ['suspended', null, 'SUSPENDED'],
  ['error', null, 'ERROR'],
  ['error', 'rebuilding', 'REBUILD'],
  ['building', 'spawning', 'BUILD'],
  ['something', null, 'UNKNOWN'],
])('%s and %s make %s', (vmState, taskState, status) => {
  expect(serverStatus(vmState, taskState)).toBe(status);
});

test('a status leads back to the states that make it, in any case of letters', () => {
  expect(statesOfStatus('migrating')).toEqual([
    { vmState: 'active', tasks: ['migrating'], not: [] },
    { vmState: 'paused', tasks: ['migrating'], not: [] },
  ]);
  expect(statesOfStatus('PAUSED')).toEqual([{ vmState: 'paused', tasks: null, not: ['migrating'] }]);
  expect(statesOfStatus('banana')).toEqual([]);
});

test('every status has states, and each of them makes it', () => {
  for (const status of serverStatuses) {
    const states = statesOfStatus(status);
    expect(states).not.toEqual([]);
    for (const { vmState, tasks } of states)
      for (const task of tasks ?? [null]) expect(serverStatus(vmState, task)).toBe(status);
  }
});
