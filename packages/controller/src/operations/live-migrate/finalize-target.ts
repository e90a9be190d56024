import { guestSeenAlive } from '../move/guest-seen-alive.ts';
import { type MoveContext, setPhase, targetOf } from '../context/move-context.ts';

/** Makes the target as the source was, and sees the guest alive there: libvirt's success alone proves nothing. */
export async function finalizeTarget(context: MoveContext): Promise<{ guestSeenAlive: string | null }> {
  const { domains } = targetOf(context);
  const { instanceId, autostart, persistent, target } = context.input;
  const call = { signal: context.signal };
  if (context.input.options.announce) await announce(context);
  await setPhase(context, `settle: see the guest alive on ${target.name}`);
  const sighting = await domains.observe(instanceId, call);
  const stands = sighting.kind === 'present' && sighting.state === 'paused';
  const alive = stands ? null : await guestSeenAlive(context, domains, instanceId);
  if (persistent && sighting.kind === 'present' && !sighting.persistent) {
    await domains.ensureDefined(await domains.definition(instanceId, call), call);
  }
  if (autostart) await domains.setAutostart(instanceId, true, call);
  return { guestSeenAlive: alive };
}

/** QEMU has announced the guest by itself; a network that missed it hears it again. That it cannot is no reason to stop. */
async function announce(context: MoveContext): Promise<void> {
  const { instanceId, target } = context.input;
  await setPhase(context, `settle: announce the guest on ${target.name}`);
  try {
    await targetOf(context).domains.announce(instanceId, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    context.services.log.warn({ err: error, instance: instanceId }, 'the guest could not be announced again');
  }
}
