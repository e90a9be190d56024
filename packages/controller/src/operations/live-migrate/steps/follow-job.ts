import type { HypervisorHost } from '@ferry/hypervisor';
import { postCopyStart, type TransferProgress } from '@ferry/model';
import { abortRequested, type MoveContext, sayPhase, sourceOf } from '../../shared/move-context.ts';
import { considerForce } from './consider-force.ts';
import { Silence } from './silence.ts';

/** Looks at the job once: writes its numbers down, and passes on an abort. After a pause, to be called again. */
export async function followJob(context: MoveContext, pauseMs: number, silence: Silence): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
  context.signal.throwIfAborted();
  await lookAtJob(context, sourceOf(context), silence);
}

async function lookAtJob(context: MoveContext, source: HypervisorHost, silence: Silence): Promise<void> {
  const { migrationId, instanceId } = context.input;
  const { store, limits, log } = context.services;
  const call = { signal: context.signal, deadlineMs: limits.inspectMs };
  let progress: TransferProgress | null = null;
  // A look that fails changes nothing: the next one, or the end of the job, tells.
  const failed = (error: unknown): void => {
    log.debug({ error, migration: migrationId }, 'the job could not be looked at');
  };
  try {
    if (await abortRequested(context)) await source.migration.abortJob(instanceId, call);
    progress = await source.migration.jobProgress(instanceId, call);
    if (progress !== null) await store.migrations.setProgress(migrationId, progress);
  } catch (error) {
    failed(error);
  }
  await silence.heard(progress).catch(failed);
  if (progress === null) return;
  await considerForce(context, source).catch(failed);
  if (silence.isTold) return;
  await considerPostCopy(context, source, progress).catch(failed);
}

/** Begins post-copy where it is allowed and it is time for it, or says that the link is too weak for it. */
async function considerPostCopy(
  context: MoveContext,
  source: HypervisorHost,
  progress: TransferProgress,
): Promise<void> {
  const { input, services } = context;
  if ((input.postCopy ?? 'never') === 'never') return;
  const phase = (await services.store.migrations.byId(input.migrationId))?.phase ?? '';
  const start = postCopyStart(progress, input.maxDowntimeMs);
  if (start.kind === 'wait' || phase.startsWith('post-copy:')) return;
  if (start.kind === 'weak') {
    const said = `no post-copy over this link: ${start.because}`;
    if (phase !== said) await sayPhase(context, said);
    return;
  }
  await sayPhase(context, `post-copy: ${input.target.name} runs it and fetches the rest (${start.because})`);
  const call = { signal: context.signal, deadlineMs: services.limits.inspectMs };
  await source.migration.startPostCopy(input.instanceId, call);
}

/** Follows a job while something runs: events wake at once, a look now and then is made all the same. */
export async function followWhile<T>(context: MoveContext, running: Promise<T>): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const source = sourceOf(context);
  const watcher = watch(context, source, signal).catch((error: unknown) => {
    context.services.log.warn({ error }, 'the transfer is not followed any more');
  });
  try {
    return await running;
  } finally {
    over.abort();
    await watcher;
  }
}

async function watch(context: MoveContext, source: HypervisorHost, signal: AbortSignal): Promise<void> {
  const events = source.domains.events(context.input.instanceId, signal)[Symbol.asyncIterator]();
  const silence = new Silence(context);
  let next = wakeOf(events);
  while (!signal.aborted) {
    await Promise.race([next.then(() => undefined), pause(context.services.limits.pollMs, signal)]);
    if (signal.aborted) break;
    next = wakeOf(events);
    await lookAtJob(context, source, silence);
  }
  await events.return?.();
}

/** The next event; when there are none any more, polling alone goes on. */
async function wakeOf(events: AsyncIterator<unknown>): Promise<void> {
  const result = await events.next().catch(() => ({ done: true }));
  if (result.done === true) await new Promise(() => undefined);
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
