import type { TransferProgress } from '@ferry/model';
import { NothingMoved } from '@ferry/workflow';
import { abortRequested, setPhase, setStatus, sourceOf, targetOf } from '../../context/move-context.ts';
import { sendCoordinated } from './forms/coordinated-form.ts';
import { sendToPeer } from './forms/peer-form.ts';
import type { StandsStillKnown } from './stands-still.ts';
import { type TransferEnd, TransferLoop } from './transfer-loop.ts';

/** What the transfer measured. */
export interface Transferred {
  readonly because: string;
  readonly progress: TransferProgress | null;
  /** A fault in post-copy lost its memory, and it was started from its disks. */
  readonly memoryLost: boolean;
}

/**
 * The pivot. Whatever the calls said, what counts in the end is what both hosts show. After a restart it looks first:
 * a peer-to-peer migration may still be going on, or be over.
 */
export async function transfer(context: StandsStillKnown): Promise<Transferred> {
  await setStatus(
    context,
    'running',
    context.recovered ? 'look where it runs after an interruption' : 'transfer begins',
  );
  const loop = await TransferLoop.open(context);
  let reason = 'it was interrupted: the controller or its database went away meanwhile';
  if (!context.recovered) {
    if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
    reason = (await send(context, loop)) ?? reason;
  }
  const end = await loop.settle();
  if (end.kind === 'stayed') return stayed(context, end.outcome, reason);
  return {
    because: end.outcome.because,
    progress: withDisks(await completed(context), await lastProgress(context)),
    memoryLost: end.outcome.startedAnew === true,
  };
}

/** Runs the form of the plan. Its error is kept for people; it proves nothing. */
async function send(context: StandsStillKnown, loop: TransferLoop): Promise<string | null> {
  try {
    await (context.input.plan.form === 'managed' ? sendCoordinated : sendToPeer)(context, loop);
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    context.services.log.warn(
      { err: error, migration: context.input.migrationId },
      'the transfer ended with an error',
    );
    return error instanceof Error ? error.message : String(error);
  }
}

async function stayed(
  context: StandsStillKnown,
  seen: (TransferEnd & { readonly kind: 'stayed' })['outcome'],
  reason: string,
): Promise<never> {
  if (seen.guest === 'needs-resume' || (seen.guest === 'paused' && (await pausedByForce(context)))) {
    await setPhase(context, 'the target has nothing: the source is told to run on');
    await sourceOf(context).domains.ensureResumed(context.input.instanceId, { signal: context.signal });
  }
  if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
  throw new NothingMoved(
    'transfer-failed',
    `The transfer did not come to its end (${seen.because}): ${reason}`,
  );
}

/** It ran, and was paused so that the transfer comes to its end, which it did not. */
async function pausedByForce({ input, services }: StandsStillKnown): Promise<boolean> {
  if (input.power !== 'running') return false;
  return (await services.store.migrations.transfer(input.migrationId)).forceRequested;
}

/** The target keeps the numbers of a finished migration; that they cannot be had is no reason to fail. */
async function completed(context: StandsStillKnown): Promise<TransferProgress | null> {
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  return targetOf(context)
    .migration.completedJob(context.input.instanceId, call)
    .catch(() => null);
}

/**
 * The figures of a finished migration with the disks' as last seen: libvirt copies disks in jobs of their own, of which
 * the finished migration's figures tell nothing.
 */
function withDisks(
  finished: TransferProgress | null,
  lastSeen: TransferProgress | null,
): TransferProgress | null {
  if (finished === null || lastSeen === null) return finished ?? lastSeen;
  return { ...finished, diskBytes: Math.max(finished.diskBytes, lastSeen.diskBytes) };
}

async function lastProgress(context: StandsStillKnown): Promise<TransferProgress | null> {
  return (await context.services.store.migrations.byId(context.input.migrationId))?.progress ?? null;
}
