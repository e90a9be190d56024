import type { SetInstanceGroupsBody } from '@ferry/api';
import { filterNames, type Instance, type InstanceFirewall, parseCidr } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { findGroup } from './security-groups.ts';
import { type HostTold, syncFilters } from './host-filters.ts';

/** An instance and what stands before it. */
export interface InstanceGroups {
  readonly instance: Instance;
  readonly firewall: InstanceFirewall;
  readonly applied: readonly HostTold[];
}

/** The groups of an instance. */
export async function instanceGroups(services: Services, name: string): Promise<InstanceGroups> {
  const instance = await findInstance(services.store, name);
  return { instance, firewall: await services.store.securityGroups.of(instance.id), applied: [] };
}

/** Puts groups before an instance, in place of those it has: where it runs at once, and in its definition. None: all is let through. */
export async function setInstanceGroups(
  services: Services,
  name: string,
  body: SetInstanceGroupsBody,
): Promise<InstanceGroups> {
  const instance = await findInstance(services.store, name);
  const groups = await Promise.all(body.groups.map((group) => findGroup(services, group)));
  const addresses = body.addresses ?? [];
  for (const address of addresses) {
    if (parseCidr(address) === null || address.includes('/'))
      throw new Refusal('bad-request', `"${address}" is no address of an interface.`);
  }
  if (groups.length > 0) await requireFilterable(services, instance);
  const { securityGroups } = services.store;
  const result = await securityGroups.set(
    instance.id,
    groups.map((group) => group.id),
    addresses,
  );
  if (!result.set) {
    throw new Refusal(
      'instance-busy',
      `${instance.name} is busy with ${result.holder ?? 'nothing any more: ask again'}.`,
    );
  }
  const applied = await syncFilters(services);
  return { instance, firewall: await securityGroups.of(instance.id), applied };
}

/** Refuses groups that nothing could hold, with everything that stands in the way. */
async function requireFilterable(services: Services, instance: Instance): Promise<void> {
  const host = await services.store.hosts.byId(instance.hostId);
  if (host === null) return;
  const { domains, firewall } = services.hypervisor.host(host.uri);
  const call = { deadlineMs: services.limits.inspectMs };
  const problems: string[] = [];
  try {
    if ((await firewall.filters(call)) === null) problems.push(`${host.name} has no packet filters.`);
    if ((await firewall.inForce(call)) === false) {
      const settings = 'net.bridge.bridge-nf-call-iptables and -ip6tables';
      problems.push(`${host.name} shows filters nothing of what passes its bridges: set ${settings} to 1.`);
    }
    for (const { mac, kind, filter, virtualPort } of (await domains.domain(instance.id, call))?.interfaces ??
      []) {
      if ((kind !== 'bridge' && kind !== 'network') || virtualPort !== null)
        problems.push(
          `The interface ${mac} is of the kind ${virtualPort ?? kind}: nothing can stand before it.`,
        );
      if (filter !== null && !filterNames.isOurs(filter))
        problems.push(`The interface ${mac} has the filter "${filter}" already, which is not Ferry's.`);
    }
  } catch (error) {
    throw refusalOf(error);
  }
  if (problems.length > 0) throw new Refusal('firewall-not-possible', problems.join(' '));
}
