import { HypervisorError } from '@ferry/hypervisor';
import type { TransferProgress } from '@ferry/model';
import { NothingMoved } from '@ferry/workflow';
import { abortRequested, setPhase, setStatus, sourceOf, targetOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import { claimTargetDomain } from '../../move/target-domain.ts';
import { requireAtSource } from '../../move/gone-from-source.ts';
import { requirePlannedDisks } from '../../move/require-planned-disks.ts';
import { sendCoordinated } from './forms/coordinated-form.ts';
import { sendToPeer } from './forms/peer-form.ts';
import { valuesOf } from './control-rules-of.ts';
import type { StandsStillKnown } from './stands-still.ts';
import { type TransferEnd, TransferLoop } from './transfer-loop.ts';

/** What the transfer measured. */
export interface Transferred {
  readonly because: string;
  readonly progress: TransferProgress | null;
  /** A fault in post-copy lost its memory, and it was started from its disks. */
  readonly memoryLost: boolean;
  /** Its owner lets it stand still, or ran it on, as seen last; not set: of a version that did not look. */
  readonly standsStill?: boolean;
}

/**
 * The pivot. Whatever the calls said, what counts in the end is what both hosts show. After a restart it looks first:
 * a peer-to-peer migration may still be going on, or be over.
 */
export async function transfer(context: StandsStillKnown): Promise<Transferred> {
  await beginSending(context);
  const loop = await TransferLoop.open(context);
  if (!context.recovered) await tellStrategy(context);
  let reason = 'it was interrupted: the controller or its database went away meanwhile';
  if (!context.recovered) {
    if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
    await requireNothingChanged(context);
    await loop.owner.lookBefore();
    const failure = await send(context, loop);
    // Its memory is over: whoever waits for the link need not wait until it is seen where the guest runs.
    if (failure === null) await setStatus(context, 'post-migrating', 'sent: see where it runs');
    reason = failure ?? reason;
  }
  const end = await loop.settle();
  if (end.kind === 'stayed') {
    await loop.close({ outcome: end.outcome, reason });
    return stayed(context, loop.owner.stands, end.outcome, reason);
  }
  if (loop.owner.stands && end.outcome.guest === 'runs') await holdOnTarget(context);
  const progress = withDisks(await completed(context), await lastProgress(context));
  await loop.close({ outcome: end.outcome, progress });
  await tellDowntime(context, progress?.downtimeMs ?? null);
  return {
    because: end.outcome.because,
    progress,
    memoryLost: end.outcome.startedAnew === true,
    standsStill: loop.owner.stands,
  };
}

/** One that was interrupted after its memory was over does not send again. */
async function beginSending(context: StandsStillKnown): Promise<void> {
  const { services, input, recovered } = context;
  if (!recovered) return setStatus(context, 'running', 'transfer begins');
  const phase = 'look where it runs after an interruption';
  const known = await services.store.migrations.byId(input.migrationId);
  await (known?.status === 'post-migrating'
    ? setPhase(context, phase)
    : setStatus(context, 'running', phase));
}

/** Hours may have gone by with its bases: nothing is sent unless the target is known to have no such domain still. */
async function requireNothingChanged(context: StandsStillKnown): Promise<void> {
  try {
    await requireSameDisks(context);
    await claimTargetDomain(context);
    await requireAtSource(context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof StepError) throw new NothingMoved(error.code, error.message, { cause: error });
    throw error;
  }
}

/**
 * What is sent is what was planned, and what was taken out of it is not taken away. Of a source that does not tell, or has it no
 * more, what both hosts show after the attempt counts, as ever.
 */
async function requireSameDisks(context: StandsStillKnown): Promise<void> {
  const { instanceId, migrationId, plan } = context.input;
  const planned = new Map([...plan.disks, ...(plan.sent ?? [])].map(({ target, path }) => [target, path]));
  try {
    const domain = await sourceOf(context).domains.domain(instanceId, { signal: context.signal });
    if (domain !== null) await requirePlannedDisks(context, 'live-migration', domain, planned);
  } catch (error) {
    if (!(error instanceof HypervisorError)) throw error;
    context.signal.throwIfAborted();
    context.services.log.warn({ err: error, migration: migrationId }, 'its disks were not compared');
  }
}

/** What the hypervisor is told to begin with, and why, as one event. */
async function tellStrategy({ input, services }: StandsStillKnown): Promise<void> {
  const words = input.strategy?.words ?? [];
  if (words.length === 0) return;
  await services.store.migrations.tell(input.migrationId, [`strategy: ${words.join('; ')}`]);
}

/** A budget that was not kept is told, whatever the reason: it was promised. */
async function tellDowntime({ input, services }: StandsStillKnown, downtimeMs: number | null): Promise<void> {
  const { orders, control } = await services.store.transfers.of(input.migrationId);
  const budget = valuesOf(input, orders).maxDowntimeMs;
  if (budget === null || downtimeMs === null || downtimeMs <= budget) return;
  const word = control !== null && control.pausedAtMs !== null ? '; a pause was allowed beyond it' : '';
  const sentence = `the guest stood still for ${downtimeMs} ms, the budget was ${budget} ms${word}`;
  await services.store.migrations.tell(input.migrationId, [sentence]);
}

/** Runs the form of the plan. Its error is kept for people; it proves nothing. */
async function send(context: StandsStillKnown, loop: TransferLoop): Promise<string | null> {
  try {
    await (context.input.plan.form === 'coordinated' ? sendCoordinated : sendToPeer)(context, loop);
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

/** libvirt has started it by itself: what its owner wanted of it is made so again. */
async function holdOnTarget(context: StandsStillKnown): Promise<void> {
  await setPhase(context, 'the guest was paused meanwhile: it is paused on the target');
  await targetOf(context).domains.ensurePaused(context.input.instanceId, { signal: context.signal });
}

/** What libvirt let run on when its migration was cancelled stands still again; one that somebody has let run since does not. */
async function holdAtSource(context: StandsStillKnown): Promise<void> {
  const { domains } = sourceOf(context);
  const seen = await domains.observe(context.input.instanceId, { signal: context.signal });
  if (seen.kind !== 'present' || seen.state !== 'running' || seen.reason !== 'migration canceled') return;
  await setPhase(context, 'the guest was paused meanwhile: it is paused at the source again');
  await domains.ensurePaused(context.input.instanceId, { signal: context.signal });
}

async function stayed(
  context: StandsStillKnown,
  standsStill: boolean,
  seen: (TransferEnd & { readonly kind: 'stayed' })['outcome'],
  reason: string,
): Promise<never> {
  if (standsStill) await holdAtSource(context);
  else if (seen.guest === 'needs-resume' || (seen.guest === 'paused' && (await pausedByForce(context)))) {
    await setPhase(context, 'the target has nothing: the source is told to run on');
    await sourceOf(context).domains.ensureResumed(context.input.instanceId, { signal: context.signal });
  }
  if (await abortRequested(context)) throw new NothingMoved('aborted', 'It was aborted by an operator.');
  const ended = await endedByPolicy(context);
  if (ended !== null) throw new NothingMoved('does-not-converge', ended);
  throw new NothingMoved(
    'transfer-failed',
    `The transfer did not come to its end (${seen.because}): ${reason}`,
  );
}

/** It ran, and was paused so that the transfer comes to its end, which it did not. */
async function pausedByForce({ input, services }: StandsStillKnown): Promise<boolean> {
  if (input.power !== 'running') return false;
  const { forceRequested, orders, control } = await services.store.transfers.of(input.migrationId);
  return forceRequested || orders.end !== null || (control !== null && control.pausedAtMs !== null);
}

/** Why its policy has ended it; null: it has not. */
async function endedByPolicy({ input, services }: StandsStillKnown): Promise<string | null> {
  const { state } = await services.store.transfers.of(input.migrationId);
  const last = state?.kind === 'stalled' || state?.kind === 'unknown' ? state.from : state;
  return last?.kind === 'ending' ? `The transfer was ended by its policy: ${last.because}.` : null;
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
