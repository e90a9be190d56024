import { adaptationOf } from '../../shared/adaptation-of.ts';
import {
  type MoveContext,
  sayPhase,
  sourceOf,
  targetOf,
  throwIfAbortRequested,
} from '../../shared/move-context.ts';

/** Gives the target the source's own definition, with the target's names of networks and the filters that stand there. */
export async function defineOnTarget(context: MoveContext): Promise<void> {
  const call = { signal: context.signal };
  await throwIfAbortRequested(context);
  await sayPhase(context, `define on ${context.input.target.name}`);
  await targetOf(context).domains.ensureDefined(
    await sourceOf(context).domains.definition(context.input.instanceId, call, adaptationOf(context)),
    call,
  );
}
