import { type MoveContext, sayPhase, sourceOf } from '../../shared/move-context.ts';
import { followWhile } from './follow-job.ts';
import { liveOptions } from './live-options.ts';
import { watchPostCopy } from './watch-post-copy.ts';

/**
 * Shared disks: the two libvirtds do it among themselves and go on when the controller dies. QEMU's image lock keeps a
 * second copy from running. A target that does not answer is waited for only until the deadline for getting ready.
 */
export async function transferToPeer(context: MoveContext): Promise<void> {
  const { input, services } = context;
  const source = sourceOf(context);
  await sayPhase(context, `peer-to-peer: ${input.source.name} sends to ${input.target.name}`);
  const stop = new AbortController();
  // First of all: what a lost lease forbids throws here, and then nobody would hear of the guard's own failure.
  const moving = source.migration.migrateToPeer(
    { ...liveOptions(context), targetPeerUri: input.target.peerUri },
    { signal: context.signal },
  );
  const guard = watchStart(context, stop.signal);
  try {
    await followWhile(context, Promise.race([moving, guard, watchPostCopy(context, stop.signal)]));
  } finally {
    stop.abort();
    moving.catch((error: unknown) => services.log.debug({ error }, 'the peer-to-peer call ended later'));
  }
}

/**
 * Rejects when no byte of memory was sent by the deadline: libvirt itself has none while it connects to the target and
 * waits for it to get ready. The job is told to abort; it obeys at the latest when the target answers.
 */
async function watchStart(context: MoveContext, over: AbortSignal): Promise<never> {
  const { limits } = context.services;
  const source = sourceOf(context);
  const end = performance.now() + limits.prepareMs;
  while (!over.aborted) {
    await new Promise((resolve) => {
      setTimeout(resolve, limits.pollMs);
    });
    const call = { deadlineMs: limits.inspectMs };
    const progress = await source.migration.jobProgress(context.input.instanceId, call).catch(() => null);
    if ((progress?.memoryBytes ?? 0) > 0) break;
    if (performance.now() < end || over.aborted) continue;
    await source.migration.abortJob(context.input.instanceId, call);
    throw new Error(`${context.input.target.name} was not ready within ${limits.prepareMs} ms`);
  }
  return new Promise(() => undefined);
}
