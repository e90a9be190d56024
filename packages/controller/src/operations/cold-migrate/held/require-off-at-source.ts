import { describeSighting } from '@ferry/model';
import { NeedsPerson } from '@ferry/workflow';
import { type MoveContext, sourceOf } from '../../move/move-context.ts';

/** Sees that what the source keeps is off, or gone. Throws NeedsPerson where it runs, and asks again where it is silent. */
export async function requireOffAtSource(context: MoveContext): Promise<'off' | 'absent'> {
  const { instanceId, instanceName, source, target } = context.input;
  const sight = await sourceOf(context).domains.sight(instanceId, {
    signal: context.signal,
    deadlineMs: context.services.limits.inspectMs,
  });
  if (sight.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${sight.reason}`);
  if (sight.kind === 'absent') return 'absent';
  if (sight.state === 'shutoff') return 'off';
  throw new NeedsPerson(
    `${source.name} shows ${instanceName} ${describeSighting(sight)}, and it belongs to ${target.name}`,
    `Find out who started it on ${source.name}, and shut it down there; Ferry goes on once it is off.`,
  );
}
