import { outcome } from '@ferry/model';
import { type MoveContext, sourceOf, targetOf } from '../../shared/move-context.ts';

const lookAgainMs = 1_000;
/** So often in a row it must be seen: a state between two others may look like it. */
const looks = 3;

/**
 * Rejects when both hosts show that post-copy has lost the guest. libvirt's own call does not always come back then: it may
 * wait for the job of the guest that died until its daemon is started anew. While it is being resumed, only what cannot be
 * resumed counts: until the two are connected again they show it broken.
 */
export async function watchPostCopy(
  context: MoveContext,
  over: AbortSignal,
  { resuming = false } = {},
): Promise<never> {
  const { instanceId, persistent, postCopy = 'never' } = context.input;
  if (postCopy === 'never') return new Promise(() => undefined);
  let lost = 0;
  while (!over.aborted) {
    await new Promise((resolve) => {
      setTimeout(resolve, lookAgainMs);
    });
    const call = { signal: over, deadlineMs: context.services.limits.inspectMs };
    const sights = await Promise.all(
      [sourceOf(context), targetOf(context)].map((host) => host.domains.sight(instanceId, call)),
    ).catch(() => []);
    const [source, target] = sights;
    if (source === undefined || target === undefined) continue;
    const seen = outcome(source, target, { arrivesPaused: false, persistent });
    const isLost = seen.kind === 'lost' && !(resuming && seen.resumable);
    lost = isLost ? lost + 1 : 0;
    if (isLost && lost >= looks) throw new Error(seen.because);
  }
  return new Promise(() => undefined);
}
