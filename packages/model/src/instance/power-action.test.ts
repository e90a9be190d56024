import { expect, test } from 'vitest';
import { powerActions, stateMismatch } from './power-action.ts';

test.each([
  ['start', 'stopped', null, null],
  ['start', 'active', null, { attribute: 'vm_state', value: 'active' }],
  ['stop', 'error', null, null],
  ['pause', 'active', 'migrating', { attribute: 'task_state', value: 'migrating' }],
  ['reboot-soft', 'paused', null, { attribute: 'vm_state', value: 'paused' }],
  ['reboot-hard', 'suspended', null, null],
  ['resume', 'suspended', 'powering-on', { attribute: 'task_state', value: 'powering-on' }],
] as const)('%s of one that is %s (%s)', (action, vmState, taskState, mismatch) => {
  expect(stateMismatch({ vmState, taskState }, powerActions[action].from)).toEqual(mismatch);
});
