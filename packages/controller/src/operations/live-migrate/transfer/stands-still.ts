import { isForSwitchOver } from '@ferry/model';
import { type MoveContext, sourceOf } from '../../context/move-context.ts';

/** Whether its owner lets it stand still, right before it is sent. */
export interface StandsStill {
  readonly standsStill: boolean;
}

/** A step after it; of a former version's log nothing is told. */
export type StandsStillKnown = MoveContext & {
  readonly output: { readonly 'reserve-domain': StandsStill | undefined };
};

export async function seeStandsStill(context: MoveContext): Promise<StandsStill> {
  const sighting = await sourceOf(context).domains.observe(context.input.instanceId, {
    signal: context.signal,
  });
  // A host that does not answer now fails the transfer; what was seen when it was accepted holds.
  if (sighting.kind !== 'present') return { standsStill: context.input.power === 'paused' };
  return { standsStill: sighting.state === 'paused' && !isForSwitchOver(sighting) };
}

/** As the guest was when its transfer began. */
export function standsStill(context: StandsStillKnown): boolean {
  return context.output['reserve-domain']?.standsStill ?? context.input.power === 'paused';
}
