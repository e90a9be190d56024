import type { HostDomains } from '@ferry/hypervisor';
import type { MoveContext } from '../context/move-context.ts';

const lookAgainMs = 10;

/**
 * Watches the guest's virtual processors until they have run on, and says so in words. Null when they did not within
 * the time for it, or when it is off by now: the guest may be idle, or dead; that is told, and nothing is undone for it.
 */
export async function guestSeenAlive(
  context: MoveContext,
  domains: HostDomains,
  id: string,
): Promise<string | null> {
  try {
    return await watchProcessors(context, domains, id);
  } catch (error) {
    context.signal.throwIfAborted();
    // The processors of a domain that is off cannot be looked at, today or ever. One that is gone altogether is not off.
    const sighting = await domains.observe(id, { signal: context.signal });
    if (sighting.kind === 'present' && (sighting.state === 'shutoff' || sighting.state === 'crashed'))
      return null;
    throw error;
  }
}

async function watchProcessors(
  context: MoveContext,
  domains: HostDomains,
  id: string,
): Promise<string | null> {
  const call = { signal: context.signal };
  const start = performance.now();
  const before = await domains.vcpuTimeNs(id, call);
  while (performance.now() - start < context.services.limits.aliveMs) {
    await new Promise((resolve) => {
      setTimeout(resolve, lookAgainMs);
    });
    const now = await domains.vcpuTimeNs(id, call);
    if (now > before) {
      const ranMs = Number((now - before) / 1_000_000n);
      return `its processors ran ${ranMs} ms in ${Math.round(performance.now() - start)} ms after the move`;
    }
  }
  return null;
}
