import { HypervisorError } from '@ferry/hypervisor';
import { targetVerdict } from '@ferry/model';
import { type MoveContext, setPhase, targetOf } from '../../context/move-context.ts';
import { sayWhatStaysNow } from '../../move/what-stays.ts';
import { pause } from './waits.ts';

const lookAgainMs = 300;

/**
 * Tells the target to run the guest that it holds paused, and comes back when it is known whether it does: `moved`, or
 * `stayed`, with nothing left there that could run. Until then the source must stand still. Throws when the target has
 * not shown it in time: then nothing runs twice, and a person is asked.
 */
export async function resumeOnTarget(context: MoveContext): Promise<'moved' | 'stayed'> {
  const { limits, log } = context.services;
  const { instanceId, source, target } = context.input;
  const { domains } = targetOf(context);
  const end = performance.now() + limits.unknownMs;
  // Once an order may have been heard, one that was refused later proves nothing about it.
  let mayRun = false;
  for (;;) {
    let refused = false;
    try {
      await domains.ensureResumed(instanceId, { signal: context.signal, deadlineMs: limits.finishMs });
      return 'moved';
    } catch (error) {
      context.signal.throwIfAborted();
      log.warn({ err: error, instance: instanceId }, 'the target has not said that it runs the guest');
      const heard = !(error instanceof HypervisorError) || error.mayHaveRun;
      mayRun ||= heard;
      refused = !heard && error.code === 'refused';
    }
    const seen = await domains.observe(instanceId, { signal: context.signal, deadlineMs: limits.inspectMs });
    switch (targetVerdict(seen, { refused, mayRun, persistent: context.input.persistent })) {
      case 'runs':
        return 'moved';
      case 'never-ran':
        return 'stayed';
      case 'cannot':
        await setPhase(context, `${target.name} cannot run the guest: its copy there is ended`);
        await sayWhatStaysNow(context, 'target');
        await domains.ensureStaleCopyRemoved(instanceId, { signal: context.signal });
        return 'stayed';
      case 'unknown':
    }
    await setPhase(
      context,
      `waits: ${target.name} has not said whether the guest runs there; ${source.name} keeps it paused`,
    );
    if (performance.now() > end)
      throw new Error(`${target.name} did not show its state within ${limits.unknownMs} ms`);
    await pause(lookAgainMs, context.signal);
    context.signal.throwIfAborted();
  }
}
