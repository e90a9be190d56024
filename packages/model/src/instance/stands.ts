import type { PowerState } from './instance.ts';

/** Whether a guest is there to be had again after it was powered off for a move: it ran, or its owner let it stand still. */
export function stands(power: PowerState): power is 'running' | 'paused' {
  return power === 'running' || power === 'paused';
}
