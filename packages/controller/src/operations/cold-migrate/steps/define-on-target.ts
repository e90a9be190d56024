import { fingerprintOf } from '../unchanged.ts';
import { adaptationOf } from '../../facts/adaptation-of.ts';
import {
  type MoveContext,
  sayPhase,
  sourceOf,
  targetOf,
  throwIfAbortRequested,
} from '../../move/move-context.ts';

/** What tells that the source's definition is still the one that the target was given. */
export interface DefinedOnTarget {
  readonly fingerprint: string;
}

/**
 * Gives the target the source's own definition, with the target's names of networks and the filters that stand there, and
 * what libvirt knows of its snapshots and checkpoints.
 */
export async function defineOnTarget(context: MoveContext): Promise<DefinedOnTarget> {
  const call = { signal: context.signal };
  await throwIfAbortRequested(context);
  await sayPhase(context, `define on ${context.input.target.name}`);
  const { instanceId } = context.input;
  const { services, signal } = context;
  const fingerprint = await fingerprintOf(services, context.input.source.uri, instanceId, signal);
  const [here, there] = [sourceOf(context).domains, targetOf(context).domains];
  await there.ensureDefined(await here.definition(instanceId, call, adaptationOf(context)), call);
  await there.ensureRecords(instanceId, await here.records(instanceId, call), call);
  return { fingerprint };
}
