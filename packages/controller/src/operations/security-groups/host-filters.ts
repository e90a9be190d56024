import { filterNames } from '@ferry/model';
import type { Call } from '@ferry/hypervisor';
import type { Services } from '../engine/services.ts';

/** A host by its way and its id. */
export interface FilterHost {
  readonly id: string;
  readonly uri: string;
}

/** Gives a host the filters of an instance as they are now: its groups' first, which its own refers to. */
export async function ensureFilters(
  services: Services,
  uri: string,
  instanceId: string,
  call: Call,
): Promise<void> {
  const { groups, addresses } = await services.store.securityGroups.of(instanceId);
  if (groups.length === 0) return;
  const { firewall } = services.hypervisor.host(uri);
  for (const group of groups) await firewall.ensureGroupFilter(group, call);
  const groupIds = groups.map((group) => group.id);
  await firewall.ensureInstanceFilter({ instanceId, groupIds, addresses }, call);
}

/**
 * Removes those of the given filters that no instance needs on that host; a migration that cleans up does not count, nor an
 * instance that is taken away.
 * Whoever needs one is in the store before it asks the host for it, and both happen under the host's lock: what is
 * removed here was needed by nobody, and what is needed meanwhile is made anew.
 */
export async function removeUnneededFilters(
  services: Services,
  host: FilterHost,
  names: readonly string[],
  without: { readonly migrationId?: string; readonly instanceId?: string },
  call: Call,
): Promise<void> {
  const { securityGroups } = services.store;
  const needed = new Set<string>();
  const wanted = await securityGroups.wantedOn(host.id, without.migrationId ?? null);
  for (const instanceId of wanted.filter((id) => id !== without.instanceId)) {
    const { groups } = await securityGroups.of(instanceId);
    if (groups.length > 0) needed.add(filterNames.instance(instanceId));
    for (const group of groups) needed.add(filterNames.group(group.id));
  }
  const unneeded = names.filter((name) => filterNames.isOurs(name) && !needed.has(name));
  const { firewall } = services.hypervisor.host(host.uri);
  for (const name of unneeded.toSorted((one, other) => turn(one) - turn(other)))
    await firewall.ensureNoFilter(name, call);
}

/** Those of instances first: they refer to those of groups. */
function turn(name: string): number {
  return filterNames.isInstance(name) ? 0 : 1;
}
