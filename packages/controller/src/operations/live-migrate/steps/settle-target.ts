import { guestSeenAlive } from '../../shared/guest-seen-alive.ts';
import { type MoveContext, sayPhase, targetOf } from '../../shared/move-context.ts';

/** Makes the target as the source was, and sees the guest alive there: libvirt's success alone proves nothing. */
export async function settleTarget(context: MoveContext): Promise<{ guestSeenAlive: string | null }> {
  const { domains } = targetOf(context);
  const { instanceId, autostart, persistent, target } = context.input;
  const call = { signal: context.signal };
  await sayPhase(context, `settle: see the guest alive on ${target.name}`);
  const alive = await guestSeenAlive(context, domains, instanceId);
  const sight = await domains.sight(instanceId, call);
  if (persistent && sight.kind === 'present' && !sight.persistent) {
    await domains.ensureDefined(await domains.definition(instanceId, call), call);
  }
  if (autostart) await domains.setAutostart(instanceId, true, call);
  return { guestSeenAlive: alive };
}
