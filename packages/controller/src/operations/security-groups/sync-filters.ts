import { filterNames, type Host } from '@ferry/model';
import { ensureFilters, removeUnneededFilters } from './host-filters.ts';
import type { Services } from '../engine/services.ts';

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
