import type { PowerState, VmState } from '@ferry/model';

/** What an instance is meant to be, from what it is at the moment it is looked at. */
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
