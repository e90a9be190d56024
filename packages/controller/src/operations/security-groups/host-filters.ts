import type { Call } from '@ferry/hypervisor';
import { filterNames, type Host } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** A host by its way and its id. */
interface FilterHost {
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

/** Whether a host has learnt of all changes of security groups. */
export interface HostTold {
  readonly host: string;
  readonly state: 'applied' | 'waiting';
  /** Why it waits; it is told again every while. */
  readonly reason: string;
}

/** Tells the hosts that are owed changes of security groups. One that does not take them stays owed and hides no other. */
export async function syncFilters(services: Services): Promise<HostTold[]> {
  const { store, log } = services;
  const hosts = await store.hosts.list();
  const debts = await store.securityGroups.debts();
  return Promise.all(
    debts.flatMap((debt) => {
      const host = hosts.find((one) => one.id === debt.hostId);
      return host === undefined ? [] : [pay(host, debt)];
    }),
  );

  async function pay(host: Host, debt: { hostId: string; serial: number }): Promise<HostTold> {
    try {
      await services.hostChanges.with(host.uri, () => tell(services, host));
      await store.securityGroups.paid(debt);
      return { host: host.name, state: 'applied', reason: '' };
    } catch (error) {
      log.warn({ err: error, host: host.name }, 'security groups could not be applied; it is tried again');
      return {
        host: host.name,
        state: 'waiting',
        reason: error instanceof Error ? error.message : String(error),
      };
    }
  }
}

/** Brings a host's filters, and the interfaces of the instances that belong to it, to what the store says. */
async function tell(services: Services, host: Host): Promise<void> {
  const { store, limits } = services;
  const { domains, firewall } = services.hypervisor.host(host.uri);
  const call = { deadlineMs: limits.inspectMs };
  const wanted = await store.securityGroups.wantedOn(host.id);
  for (const id of wanted) await ensureFilters(services, host.uri, id, call);
  const there = new Set((await domains.list(call)).map((domain) => domain.id));
  for (const id of wanted) {
    const instance = await store.instances.byId(id);
    // What moves is given its filters by its migration.
    if (instance?.hostId !== host.id || instance.operationId !== null || !there.has(id)) continue;
    const { groups } = await store.securityGroups.of(id);
    await firewall.setDomainFilter(id, groups.length === 0 ? null : filterNames.instance(id), call);
  }
  await removeUnneededFilters(services, host, (await firewall.filters(call)) ?? [], {}, call);
}
