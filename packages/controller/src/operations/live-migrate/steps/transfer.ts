import { outcome, type Outcome, type TransferProgress } from '@ferry/model';
import { NeedsPerson, NothingMoved } from '@ferry/workflow';
import {
  abortRequested,
  type MoveContext,
  sayPhase,
  sayStatus,
  sourceOf,
  targetOf,
} from '../../shared/move-context.ts';
import { followJob } from './follow-job.ts';
import { letTargetRun } from './let-target-run.ts';
import { LostGuest } from './settle-lost.ts';
import { Silence } from './silence.ts';
import { type Seen, standsStill } from './stands-still.ts';
import { transferManaged } from './transfer-managed.ts';
import { transferToPeer } from './transfer-to-peer.ts';

/** What the transfer measured. */
export interface Transferred {
  readonly because: string;
  readonly progress: TransferProgress | null;
  /** A fault in post-copy lost its memory, and it was started from its disks. */
  readonly memoryLost: boolean;
}

const lookAgainMs = 300;
const remedyOfArrived =
  'See on the target why the guest cannot run there. Its copy at the source is whole: once the one on the target is ended, resume that.';

/**
 * The pivot. Whatever the calls said, what counts in the end is what both hosts show. After a restart it looks first:
 * a peer-to-peer migration may still be going on, or be over.
 */
export async function transfer(context: Seen): Promise<Transferred> {
  await sayStatus(
    context,
    'running',
    context.recovered ? 'look where it runs after an interruption' : 'transfer begins',
  );
  let reason = 'it was interrupted: the controller or its database went away meanwhile';
  if (!context.recovered) {
    if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
    reason = (await attemptTransfer(context)) ?? reason;
  }
  const progress = await readProgress(context);
  return decide(context, reason, progress);
}

/** Runs the form of the plan. Its error is kept for people; it proves nothing. */
async function attemptTransfer(context: Seen): Promise<string | null> {
  try {
    await (context.input.plan.form === 'managed' ? transferManaged(context) : transferToPeer(context));
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

/** Looks at both hosts until they show where the instance is. */
async function decide(
  context: Seen,
  reason: string,
  progress: TransferProgress | null,
): Promise<Transferred> {
  const end = performance.now() + context.services.limits.unknownMs;
  const lost = new LostGuest(context);
  const silence = new Silence(context);
  for (;;) {
    const seen = await look(context);
    switch (seen.kind) {
      case 'moved':
        return {
          because: seen.because,
          progress: withDisks(await completed(context), progress),
          memoryLost: seen.startedAnew === true,
        };
      case 'stayed':
        return stayed(context, seen, reason);
      case 'arrived':
        if (performance.now() > end) throw new NeedsPerson(seen.because, remedyOfArrived);
        await settleArrived(context);
        break;
      case 'lost':
        await lost.settle(seen);
        break;
      case 'running':
        await followJob(context, lookAgainMs, silence);
        break;
      case 'unknown':
        await sayPhase(context, `not known where it runs: ${seen.because}`);
        if (performance.now() > end) throw new NeedsPerson(seen.because, seen.remedy);
        await pause(context);
    }
  }
}

async function stayed(
  context: Seen,
  seen: Outcome & { readonly kind: 'stayed' },
  reason: string,
): Promise<never> {
  if (seen.guest === 'needs-resume' || (await standsForced(context, seen))) {
    await sayPhase(context, 'the target has nothing: the source is told to run on');
    await sourceOf(context).domains.ensureResumed(context.input.instanceId, { signal: context.signal });
  }
  if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
  throw new NothingMoved(
    'transfer-failed',
    `The transfer did not come to its end (${seen.because}): ${reason}`,
  );
}

/** It ran, and was let stand still so that the transfer comes to its end, which it did not. */
async function standsForced(
  { input, services }: MoveContext,
  { guest }: Outcome & { readonly kind: 'stayed' },
): Promise<boolean> {
  if (guest !== 'paused' || input.power !== 'running') return false;
  return services.store.migrations.isForced(input.migrationId);
}

/** A controller went away between the target's Finish and its order to run: that is given now. */
async function settleArrived(context: Seen): Promise<void> {
  const { source, target } = context.input;
  await sayPhase(context, `${target.name} has all of the guest: it is told to run it`);
  const verdict = await letTargetRun(context);
  if (verdict === 'stayed')
    await sayPhase(context, `${target.name} could not run it: ${source.name} is to run on`);
}

async function look(context: Seen): Promise<Outcome> {
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  const { instanceId } = context.input;
  const [source, target] = await Promise.all([
    sourceOf(context).domains.sight(instanceId, call),
    targetOf(context).domains.sight(instanceId, call),
  ]);
  context.signal.throwIfAborted();
  const { arrivesPaused, persistent, plan } = context.input;
  // One that was accepted by a version which let libvirt start the guest may have been begun by that too, unless it is
  // begun here.
  const paused = arrivesPaused === true || (plan.form === 'managed' && !context.recovered);
  return outcome(source, target, { arrivesPaused: paused, persistent, stoodStill: standsStill(context) });
}

/** The target keeps the numbers of a finished migration; that they cannot be had is no reason to fail. */
async function completed(context: Seen): Promise<TransferProgress | null> {
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

async function readProgress(context: Seen): Promise<TransferProgress | null> {
  return (await context.services.store.migrations.byId(context.input.migrationId))?.progress ?? null;
}

async function pause(context: Seen): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, lookAgainMs);
  });
  context.signal.throwIfAborted();
}
