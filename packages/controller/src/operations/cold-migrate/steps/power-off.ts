import { type MoveContext, sayPhase, sourceOf, throwIfAbortRequested } from '../../shared/move-context.ts';
import { releaseAutostart } from '../../shared/source-hold.ts';
import { undoRight } from '../../shared/undo-right.ts';

/** Powers the instance off: asks the guest, and after the time that the caller gave it ends it. */
export async function powerOff(
  context: MoveContext,
): Promise<{ how: 'by-guest' | 'forced' | 'was-off'; beganAt: string }> {
  const { instanceId, shutdownTimeoutMs, source } = context.input;
  await throwIfAbortRequested(context);
  await sayPhase(
    context,
    `power off on ${source.name} (the guest has ${shutdownTimeoutMs} ms to do it itself)`,
  );
  const beganAt = new Date().toISOString();
  const how = await sourceOf(context).domains.ensureShutOff(instanceId, shutdownTimeoutMs, {
    signal: context.signal,
  });
  return { how, beganAt };
}

/** Starts it again where it was, when it ran before. */
export async function powerBackOn(context: MoveContext): Promise<void> {
  const { instanceId, power, source } = context.input;
  if (power !== 'running' || !(await undoRight(context)).atSource) return;
  await sayPhase(context, `start it again on ${source.name}`);
  await sourceOf(context).domains.ensureStarted(instanceId, { signal: context.signal });
}

/** The source as it was. Comes before clean-up on a target, which may be away for long: the guest does not wait for it. */
export async function restoreSource(context: MoveContext): Promise<void> {
  await powerBackOn(context);
  await releaseAutostart(context);
}
