import { type MoveContext, targetOf } from '../context/move-context.ts';
import { lookForNetworks } from './prepare-networks.ts';
import type { InspectedTarget } from '../facts/inspected-target.ts';
import { lookForStorage } from '../facts/storage/look-for-storage.ts';
import { requireFreePaths } from './target-images.ts';
import { requireNoTargetDomain } from './target-domain.ts';
import { readHost } from '../facts/read-host.ts';
import { StepError } from '../engine/step-error.ts';

/** Sees that the target has no such domain and nothing where images will be, and writes down what it has. */
export async function inspectTarget(context: MoveContext): Promise<InspectedTarget> {
  await requireSameHosts(context);
  await requireNoTargetDomain(context);
  await requireFreePaths(context);
  const filters =
    context.input.filter === null ? [] : await targetOf(context).firewall.filters({ signal: context.signal });
  return {
    filters: filters ?? [],
    networks: await lookForNetworks(context),
    storage: await lookForStorage(context),
  };
}

/** Before anything is done on them: at the addresses of both hosts no other machine answers by now. */
async function requireSameHosts({ input, services, signal }: MoveContext): Promise<void> {
  const call = { signal, deadlineMs: services.limits.inspectMs };
  const hosts = await services.store.hosts.list();
  for (const id of [input.source.id, input.target.id]) {
    const host = hosts.find((one) => one.id === id);
    if (host === undefined) continue;
    const reading = await readHost(services, host, call);
    // One that is silent is met by the next call, and told by it.
    if (reading.kind === 'stranger') throw new StepError('another-host', `${host.name}: ${reading.reason}.`);
  }
}
