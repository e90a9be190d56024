import type { DomainAdaptation } from '@ferry/hypervisor';
import type { MoveContext } from './move-context.ts';

/** How the domain is to be on the target; null when it is to be as it is. */
export function adaptationOf({ input }: Pick<MoveContext, 'input'>): DomainAdaptation | null {
  const { networks, filter } = input;
  return Object.keys(networks).length === 0 && filter === null ? null : { networks, filter };
}
