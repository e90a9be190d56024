import type { Instance, PowerState, VmState } from './instance.ts';

/** What an instance is taken to be meant to be, from its power alone. */
export function vmStateOf(power: PowerState): VmState {
  switch (power) {
    case 'running':
      return 'active';
    case 'paused':
    case 'suspended':
      return 'paused';
    case 'shutoff':
      return 'stopped';
    case 'crashed':
    case 'unknown':
      return 'error';
  }
}

/**
 * What an instance is, when its host shows that power. As long as the power stays what it was, and nothing was wrong, it is
 * what it was made: suspended, or set to `error` by a person. A suspended one shows as shut off.
 */
export function vmStateSeen(
  before: Pick<Instance, 'powerState' | 'vmState' | 'fault'>,
  power: PowerState,
): VmState {
  const unchanged = before.powerState === power && before.fault === null;
  if (unchanged) return before.vmState;
  if (before.vmState === 'suspended' && power === 'shutoff') return 'suspended';
  return vmStateOf(power);
}
