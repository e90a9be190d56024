import { guestSeenAlive } from '../../shared/guest-seen-alive.ts';
import { type MoveContext, sayPhase, sayStatus, targetOf } from '../../shared/move-context.ts';

/** The power state is what it was before: a running instance is started on the target and seen alive. */
export async function restorePower(
  context: MoveContext,
): Promise<{ guestSeenAlive: string | null; startedAt: string | null }> {
  const { instanceId, power, autostart, target } = context.input;
  const { domains } = targetOf(context);
  const call = { signal: context.signal };
  await sayStatus(context, 'post-migrating', `the instance belongs to ${target.name}`);
  if (autostart) await domains.setAutostart(instanceId, true, call);
  if (power !== 'running') return { guestSeenAlive: null, startedAt: null };
  await sayPhase(context, `start on ${target.name}`);
  await domains.ensureStarted(instanceId, call);
  const startedAt = new Date().toISOString();
  return { guestSeenAlive: await guestSeenAlive(context, domains, instanceId), startedAt };
}
