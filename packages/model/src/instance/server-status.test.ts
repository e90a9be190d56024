import { expect, test } from 'vitest';
import { serverStatus, serverStatuses, statesOfStatus } from './server-status.ts';

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
