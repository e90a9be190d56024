import type { PowerState } from '@ferry/model';
import { type MoveContext, setPhase, sourceOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';

/** How the guest was right before it was powered off. */
export interface SeenPower {
  readonly power: PowerState;
}

/** A step after it; of a former version's log nothing is told. */
export type PowerSeen = MoveContext & { readonly output: { readonly 'see-power': SeenPower | undefined } };

/**
 * What the guest is now is what it is to be afterwards: between the acceptance of a move and its power-off may lie hours, in which
 * its owner stops, pauses or resumes it. Written down by a step of its own, as the next one changes it.
 */
export async function seePower(context: MoveContext): Promise<SeenPower> {
  const { instanceId, instanceName, migrationId, power, source } = context.input;
  await requireNothingToLose(context);
  const here = await sourceOf(context).domains.observe(instanceId, { signal: context.signal });
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  // Gone: somebody has ended it and undefined it, and it is not Ferry that starts it again. What looks for its definition says so.
  const now = here.kind === 'absent' ? 'shutoff' : here.state;
  // Started since: the next step says so.
  if (power === 'shutoff' || now === 'other' || now === power) return { power };
  await setPhase(context, `${instanceName} was ${power} when its move was accepted, and is ${now} now`);
  await context.services.store.migrations.setPower(migrationId, now);
  return { power: now };
}

/** As the guest was when it was powered off. */
export function powerBefore({ input, output }: PowerSeen): PowerState {
  return output['see-power']?.power ?? input.power;
}

/**
 * A guest whose memory is on the disk of its host, or that has suspended itself, would lose it by being moved cold: somebody has
 * done that since the checks, which refuse both.
 */
export async function requireNothingToLose(context: MoveContext): Promise<void> {
  const { instanceId, instanceName, source } = context.input;
  const domain = await sourceOf(context).domains.domain(instanceId, { signal: context.signal });
  if (domain?.managedSave === true)
    throw new StepError(
      'memory-kept',
      `${instanceName} has saved memory on ${source.name} (virsh managedsave) since its move was accepted: it would be lost.`,
    );
  if (domain?.power === 'suspended')
    throw new StepError(
      'memory-kept',
      `${instanceName} has suspended itself on ${source.name} since its move was accepted: what it holds in memory would be lost.`,
    );
}
