import {
  knownBad,
  noOrders,
  type Outcome,
  outcome,
  type TransferOrders,
  type TransferSample,
} from '@ferry/model';
import { sourceOf, targetOf } from '../../context/move-context.ts';
import type { StandsStillKnown } from './stands-still.ts';

/** What of a look is wanted. */
export interface Look {
  readonly call: TransferSample['call'];
  /** Beside the job also what both hosts show. Always so once the call is over. */
  readonly hosts: boolean;
  /** Its owner lets it stand still. */
  readonly standsStill: boolean;
  readonly signal: AbortSignal;
}

interface JobLook extends Pick<TransferSample, 'progress' | 'abortRequested' | 'forceRequested' | 'end'> {
  readonly orders: TransferOrders;
}

const noJob: JobLook = { progress: null, abortRequested: false, forceRequested: false, orders: noOrders };

/** One look, with what operators have changed by then. */
export interface SeenTransfer {
  readonly sample: TransferSample;
  readonly orders: TransferOrders;
}

/** Looks once at a transfer: at its job as long as one may run, and at the hosts. A host that does not answer is told as such. */
export async function observeTransfer(context: StandsStillKnown, look: Look): Promise<SeenTransfer> {
  const { call, hosts, standsStill, signal } = look;
  if (call === 'running') {
    const [job, seen] = await Promise.all([
      lookAtJob(context, signal),
      hosts ? lookAtHosts(context, standsStill, signal).catch(() => null) : null,
    ]);
    return seenOf(call, job, seen, false);
  }
  const seen = await lookAtHosts(context, standsStill, signal);
  const job = seen.kind === 'running' ? await lookAtJob(context, signal) : noJob;
  const canResume = seen.kind === 'lost' && seen.resumable && (await canResumePostCopy(context, signal));
  return seenOf(call, job, seen, canResume);
}

function seenOf(
  call: TransferSample['call'],
  { orders, ...job }: JobLook,
  seen: Outcome | null,
  canResume: boolean,
): SeenTransfer {
  return { sample: { atMs: performance.now(), call, ...job, outcome: seen, canResume }, orders };
}

/** The job's numbers and what people want of it. A look that fails changes nothing: the next one, or the job's end, tells. */
async function lookAtJob(context: StandsStillKnown, signal: AbortSignal): Promise<JobLook> {
  const { migrationId, instanceId } = context.input;
  const { store, limits, log } = context.services;
  const call = { signal, deadlineMs: limits.inspectMs };
  const failed = (error: unknown): null => {
    log.debug({ error, migration: migrationId }, 'the job could not be looked at');
    return null;
  };
  const [progress, wanted] = await Promise.all([
    sourceOf(context).migration.jobProgress(instanceId, call).catch(failed),
    store.transfers.of(migrationId).catch(failed),
  ]);
  if (progress !== null) {
    await store.migrations.setProgress(migrationId, progress).catch(failed);
    await store.forecasts.saw(migrationId, progress).catch(failed);
  }
  return {
    progress,
    abortRequested: wanted?.abortRequested === true,
    forceRequested: wanted?.forceRequested === true,
    end: wanted?.orders.end ?? null,
    orders: wanted?.orders ?? noOrders,
  };
}

async function lookAtHosts(
  context: StandsStillKnown,
  stoodStill: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  const call = { signal, deadlineMs: context.services.limits.inspectMs };
  const { instanceId, arrivesPaused, persistent, plan } = context.input;
  const [source, target] = await Promise.all([
    sourceOf(context).domains.observe(instanceId, call),
    targetOf(context).domains.observe(instanceId, call),
  ]);
  signal.throwIfAborted();
  // One that was accepted by a version which let libvirt start the guest may have been begun by that too, unless it is
  // begun here.
  const paused = arrivesPaused === true || (plan.form === 'coordinated' && !context.recovered);
  return outcome(source, target, { arrivesPaused: paused, persistent, stoodStill });
}

/** Whether neither hypervisor is of a version known to crash at that. */
async function canResumePostCopy(context: StandsStillKnown, signal: AbortSignal): Promise<boolean> {
  const call = { signal, deadlineMs: context.services.limits.inspectMs };
  const sound = [sourceOf(context), targetOf(context)].map(async (host) => {
    const { libvirtVersion } = await host.facts(call);
    return knownBad('libvirt', libvirtVersion, 'post-copy-resume') === null;
  });
  const told = await Promise.allSettled(sound);
  signal.throwIfAborted();
  return told.every((one) => one.status === 'fulfilled' && one.value);
}
