import { HypervisorError } from '@ferry/hypervisor';
import { describeSighting, type Sighting } from '@ferry/model';
import { type MoveContext, sourceOf } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';
import { lookEverywhere } from '../facts/look-everywhere.ts';
import { hasMade } from '../files/made-paths.ts';

/** Another host that has the guest, and what it shows. */
export interface SeenElsewhere {
  readonly host: string;
  readonly sighting: Sighting & { readonly kind: 'present' };
}

/** Another host than the source that has it: somebody has moved it by hand. What this migration itself has defined on its target is none. */
export async function seenElsewhere(context: MoveContext): Promise<SeenElsewhere | null> {
  const { instanceId, source, target } = context.input;
  const mine = (await hasMade(context))('domain');
  const hosts = await context.services.store.hosts.list();
  for (const [id, sighting] of await lookEverywhere(context.services, instanceId)) {
    if (id === source.id || sighting.kind !== 'present') continue;
    if (id === target.id && mine && sighting.state === 'shutoff') continue;
    return { host: hosts.find((host) => host.id === id)?.name ?? id, sighting };
  }
  return null;
}

/** Why the guest must not be started on either side: a third host has it alive, where somebody has moved it by hand. Null: none that answers has. */
export async function livesOnThird(context: MoveContext): Promise<string | null> {
  const { instanceId, instanceName, source, target } = context.input;
  const hosts = await context.services.store.hosts.list();
  for (const [id, sighting] of await lookEverywhere(context.services, instanceId)) {
    if (id === source.id || id === target.id || sighting.kind !== 'present') continue;
    const seen = { host: hosts.find((host) => host.id === id)?.name ?? id, sighting };
    if (livesElsewhere(seen))
      return `Somebody has moved ${instanceName} by hand (virsh migrate): ${tellElsewhere(seen)}. Started on another host, it would run twice. Confirm the move instead: Ferry then finds it where it is.`;
  }
  return null;
}

/** It lives there: not only its definition is there. */
export function livesElsewhere(seen: SeenElsewhere | null): seen is SeenElsewhere {
  return seen !== null && (seen.sighting.state === 'running' || seen.sighting.state === 'paused');
}

/** In words. */
export function tellElsewhere({ host, sighting }: SeenElsewhere): string {
  return `${host} has it: ${describeSighting(sighting)}`;
}

/** Throws `guest-gone` where the source answers and does not know the guest any more: before anything of it was sent, there is nothing to move. */
export async function requireAtSource(context: MoveContext): Promise<void> {
  const { instanceId, instanceName, source } = context.input;
  const here = await sourceOf(context).domains.observe(instanceId, { signal: context.signal });
  if (here.kind !== 'absent') return;
  const seen = await seenElsewhere(context);
  const where = seen === null ? 'no other host shows it' : tellElsewhere(seen);
  throw new StepError(
    'guest-gone',
    `${source.name} does not know ${instanceName} any more: somebody has moved, ended or undefined it since its move began (virsh migrate, undefine); ${where}.`,
  );
}

/** Does it, and says of a guest that is gone from its source meanwhile where it is, and not only that its host does not know it. */
export async function tellingWhereItIs<Result>(
  context: MoveContext,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof HypervisorError && error.code === 'no-domain') await requireAtSource(context);
    throw error;
  }
}
