import { answersObstacle, type Host } from '@ferry/model';
import { runFenceHook } from '../move/run-fence-hook.ts';
import { Refusal } from '../engine/refusal.ts';
import { readHost } from '../facts/read-host.ts';
import type { Services } from '../engine/services.ts';

/**
 * Has a host that does not answer powered off by the operator's hook, or takes an operator's word that it is. The hook gets
 * the host's name as its argument, and says by its exit code 0 that the host is off.
 */
export async function fenceHost(
  services: Services,
  nameOrId: string,
  word: { readonly poweredOff: boolean },
): Promise<Host> {
  const { store, fenceHook = null } = services;
  const host = await store.hosts.byNameOrId(nameOrId);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${nameOrId}".`);
  await requireSilent(services, host);
  if (fenceHook === null && !word.poweredOff)
    throw new Refusal('fence-needed', `No hook is set that could power ${host.name} off.`);
  if (fenceHook !== null) await runFenceHook(fenceHook, host);
  const by = fenceHook === null ? 'an operator' : `the hook ${fenceHook}`;
  const fence = { at: new Date().toISOString(), by };
  await store.hosts.setFence(host.id, fence);
  return { ...host, fence };
}

async function requireSilent(services: Services, host: Host): Promise<void> {
  const reading = await readHost(services, host, { deadlineMs: services.limits.inspectMs });
  if (reading.kind === 'answers') throw new Refusal('host-answers', answersObstacle(host.name));
}
