import { type MoveContext, targetOf } from './move-context.ts';
import { lookForNetworks } from './prepare-networks.ts';
import { lookForVolumes, type MissingVolumes } from './volumes/look-for-volumes.ts';
import { requireFreePaths } from './target-images.ts';
import { requireSameHosts } from './require-same-hosts.ts';
import { requireNoTargetDomain } from './target-domain.ts';

/** Networks of the target's hypervisor that are to be made ready, by their name there. */
export interface MissingNetworks {
  readonly define: readonly string[];
  readonly start: readonly string[];
}

/** What the target has before anything is brought: what is found there later and is not among it came with this move. */
export interface LookedAtTarget {
  /** Names of packet filters. */
  readonly filters: readonly string[];
  readonly networks: MissingNetworks;
  readonly volumes: MissingVolumes;
}

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
