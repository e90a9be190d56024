import type { Instance, PowerTaskState, VmState } from './instance.ts';

/** What can be done to the power of an instance. */
export type PowerAction =
  | 'start'
  | 'stop'
  | 'reboot-soft'
  | 'reboot-hard'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume';

/** How an action is called, from which states it is allowed, and what it does to a domain. */
export interface PowerActionRule {
  /** Nova's name of it: in refusals, and in the list of an instance's actions. */
  readonly action: string;
  /** Nova's name of the event within that action. */
  readonly event: string;
  readonly from: readonly VmState[];
  readonly taskState: PowerTaskState;
  /** What the instance is when it is done. */
  readonly to: VmState;
  /** Whether its domain ends for a while: one that has no definition would be gone then. */
  readonly endsDomain: boolean;
}

/** Nova's rules (`nova/compute/api.py`, the states that each call is checked against). */
export const powerActions: Readonly<Record<PowerAction, PowerActionRule>> = {
  start: {
    action: 'start',
    event: 'compute_start_instance',
    from: ['stopped'],
    taskState: 'powering-on',
    to: 'active',
    endsDomain: false,
  },
  stop: {
    action: 'stop',
    event: 'compute_stop_instance',
    from: ['active', 'error'],
    taskState: 'powering-off',
    to: 'stopped',
    endsDomain: true,
  },
  'reboot-soft': {
    action: 'reboot',
    event: 'compute_reboot_instance',
    from: ['active'],
    taskState: 'rebooting',
    to: 'active',
    endsDomain: true,
  },
  'reboot-hard': {
    action: 'reboot',
    event: 'compute_reboot_instance',
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    taskState: 'rebooting_hard',
    to: 'active',
    endsDomain: true,
  },
  pause: {
    action: 'pause',
    event: 'compute_pause_instance',
    from: ['active'],
    taskState: 'pausing',
    to: 'paused',
    endsDomain: false,
  },
  unpause: {
    action: 'unpause',
    event: 'compute_unpause_instance',
    from: ['paused'],
    taskState: 'unpausing',
    to: 'active',
    endsDomain: false,
  },
  suspend: {
    action: 'suspend',
    event: 'compute_suspend_instance',
    from: ['active'],
    taskState: 'suspending',
    to: 'suspended',
    endsDomain: true,
  },
  resume: {
    action: 'resume',
    event: 'compute_resume_instance',
    from: ['suspended'],
    taskState: 'resuming',
    to: 'active',
    endsDomain: false,
  },
};

/** What of an instance does not allow an action: something is being done to it, or it is in another state. */
export interface StateMismatch {
  readonly attribute: 'task_state' | 'vm_state';
  readonly value: string;
}

/** Null when the instance is in one of the states and nothing is being done to it. */
export function stateMismatch(
  { vmState, taskState }: Pick<Instance, 'vmState' | 'taskState'>,
  from: readonly string[],
): StateMismatch | null {
  if (!from.includes(vmState)) return { attribute: 'vm_state', value: vmState };
  return taskState === null ? null : { attribute: 'task_state', value: taskState };
}
