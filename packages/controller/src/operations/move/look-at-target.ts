import { type MoveContext, targetOf } from './move-context.ts';
import { lookForNetworks } from './prepare-networks.ts';
import type { LookedAtTarget } from '../facts/looked-at-target.ts';
import { lookForVolumes } from '../facts/volumes/look-for-volumes.ts';
import { requireFreePaths } from './target-images.ts';
import { requireSameHosts } from './require-same-hosts.ts';
import { requireNoTargetDomain } from './target-domain.ts';

/** Sees that the target has no such domain and nothing where images will be, and writes down what it has. */
export async function lookAtTarget(context: MoveContext): Promise<LookedAtTarget> {
  await requireSameHosts(context);
  await requireNoTargetDomain(context);
  await requireFreePaths(context);
  const filters =
    context.input.filter === null ? [] : await targetOf(context).firewall.filters({ signal: context.signal });
  return {
    filters: filters ?? [],
    networks: await lookForNetworks(context),
    volumes: await lookForVolumes(context),
  };
}
