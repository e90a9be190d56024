import type { HypervisorHost } from '@ferry/hypervisor';
import type { CopiedDisk, MigrationStatus } from '@ferry/model';
import { StepError } from '../engine/step-error.ts';
import type { MoveInput } from './move-input.ts';
import type { Services } from '../engine/services.ts';

/** What of a step's context the shared steps use. */
export interface MoveContext {
  readonly input: MoveInput;
  readonly services: Services;
  readonly signal: AbortSignal;
  readonly recovered: boolean;
}

/** The host that the instance leaves. */
export function sourceOf(context: MoveContext): HypervisorHost {
  return context.services.hypervisor.host(context.input.source.uri);
}

/** The host that the instance comes to. */
export function targetOf(context: MoveContext): HypervisorHost {
  return context.services.hypervisor.host(context.input.target.uri);
}

/** Writes down what is done next, before it is done. */
export function setPhase(context: MoveContext, phase: string): Promise<void> {
  return context.services.store.migrations.setPhase(context.input.migrationId, phase);
}

/** Moves the migration's status on; staying the same is fine, so a step can be run again. */
export function setStatus(context: MoveContext, status: MigrationStatus, phase: string): Promise<void> {
  return context.services.store.migrations.advance(context.input.migrationId, status, phase);
}

/** Whether somebody asked for the end of this migration. */
export async function abortRequested(context: MoveContext): Promise<boolean> {
  return (await context.services.store.migrations.byId(context.input.migrationId))?.abortRequested === true;
}

/** Ends a step that nothing has been lost by yet, when somebody asked for it. */
export async function throwIfAbortRequested(context: MoveContext): Promise<void> {
  if (await abortRequested(context)) throw new StepError('aborted', 'It was aborted by an operator.');
}

/** Runs work that can take long, with a signal that is also aborted when somebody asks for the end. */
export async function abortable<T>(
  context: MoveContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await throwIfAbortRequested(context);
  const stop = new AbortController();
  const watch = setInterval(() => {
    // A look that fails (the database is away) changes nothing: the next one tells.
    abortRequested(context).then(
      (wanted) => {
        if (wanted) stop.abort();
      },
      () => undefined,
    );
  }, context.services.limits.pollMs);
  try {
    return await work(AbortSignal.any([context.signal, stop.signal]));
  } catch (error) {
    if (stop.signal.aborted) throw new StepError('aborted', 'It was aborted by an operator.', error);
    throw error;
  } finally {
    clearInterval(watch);
  }
}

/** Writes down that the instance belongs to the target: one transaction, and doing it twice changes nothing. */
export async function commitOwner(context: MoveContext): Promise<void> {
  await setPhase(context, `commit: the instance belongs to ${context.input.target.name}`);
  await context.services.store.migrations.commit(context.input.migrationId);
}

/** Disks of the plan whose images go to the target. */
export function copiedDisks(context: MoveContext): CopiedDisk[] {
  return context.input.plan.disks.filter((disk) => disk.action === 'copy');
}
