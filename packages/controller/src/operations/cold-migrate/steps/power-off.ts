import { type MoveContext, sayPhase, sourceOf, throwIfAbortRequested } from '../../shared/move-context.ts';

/** Powers the instance off: asks the guest, and after the time that the caller gave it ends it. */
export async function powerOff(context: MoveContext): Promise<{ how: 'by-guest' | 'forced' | 'was-off' }> {
  const { instanceId, shutdownTimeoutMs, source } = context.input;
  await throwIfAbortRequested(context);
  await sayPhase(
    context,
    `power off on ${source.name} (the guest has ${shutdownTimeoutMs} ms to do it itself)`,
  );
  const how = await sourceOf(context).domains.ensureShutOff(instanceId, shutdownTimeoutMs, {
    signal: context.signal,
  });
  return { how };
}

/** Starts it again where it was, when it ran before. */
export async function powerBackOn(context: MoveContext): Promise<void> {
  const { instanceId, power, source } = context.input;
  if (power !== 'running') return;
  await sayPhase(context, `start it again on ${source.name}`);
  await sourceOf(context).domains.ensureStarted(instanceId, { signal: context.signal });
}
