import { filterNames, type SecurityGroup } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostFirewall, InstanceFilter } from '../contract/host-networks.ts';
import { groupFilterXml, instanceFilterXml } from '../xml/filter-xml.ts';
import { readInterfaceFilters, withFilter } from '../xml/interface-filter.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Packet filters of a simulated host: it knows which there are and who uses them, and lets nothing through or stop. */
export class SimulatedFirewall implements HostFirewall {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  filters(call?: Call): Promise<readonly string[] | null> {
    return this.#ask('filters', call, () =>
      this.#host.filters === null ? null : [...this.#host.filters.keys()],
    );
  }

  inForce(call?: Call): Promise<boolean | null> {
    return this.#ask('inForce', call, () => this.#host.filtersInForce);
  }

  ensureGroupFilter(group: SecurityGroup, call?: Call): Promise<void> {
    return this.#ask('ensureGroupFilter', call, () => {
      this.#need().set(filterNames.group(group.id), groupFilterXml(group));
    });
  }

  ensureInstanceFilter(filter: InstanceFilter, call?: Call): Promise<void> {
    return this.#ask('ensureInstanceFilter', call, () => {
      const missing = filter.groupIds.map(filterNames.group).find((name) => !this.#need().has(name));
      if (missing !== undefined) throw this.#error('refused', `referenced filter '${missing}' is missing`);
      this.#need().set(filterNames.instance(filter.instanceId), instanceFilterXml(filter));
    });
  }

  ensureNoFilter(name: string, call?: Call): Promise<'gone' | 'in-use'> {
    return this.#ask('ensureNoFilter', call, () => {
      const used = [...this.#host.domains.values()].some(
        ({ xml, state }) => state !== 'shutoff' && this.#reaches(xml, name),
      );
      if (used) return 'in-use';
      this.#need().delete(name);
      return 'gone';
    });
  }

  ensureNoBindings(domainId: string, call?: Call): Promise<'gone' | 'in-use'> {
    return this.#ask('ensureNoBindings', call, () => {
      const state = this.#host.domains.get(domainId)?.state ?? 'shutoff';
      if (state !== 'shutoff' && state !== 'crashed') return 'in-use';
      this.#host.staleBindings.delete(domainId);
      return 'gone';
    });
  }

  setDomainFilter(domainId: string, filter: string | null, call?: Call): Promise<void> {
    return this.#ask('setDomainFilter', call, () => {
      const domain = this.#host.domains.get(domainId);
      if (domain === undefined) throw this.#error('no-domain', `no domain ${domainId}`);
      for (const one of readInterfaceFilters(domain.xml)) {
        if (one.filter !== null && !filterNames.isOurs(one.filter))
          throw this.#error('exists', `the interface ${one.mac} has the filter "${one.filter}" already`);
      }
      if (filter !== null && !this.#need().has(filter))
        throw this.#error('refused', `referenced filter '${filter}' is missing`);
      domain.xml = withFilter(domain.xml, filter);
    });
  }

  /** As in libvirt, a filter is used by the domains that name it and by those whose filter names it. */
  #reaches(xml: string, name: string): boolean {
    return readInterfaceFilters(xml).some(
      ({ filter }) =>
        filter !== null &&
        (filter === name || this.#need().get(filter)?.includes(`<filterref filter='${name}'/>`) === true),
    );
  }

  #need(): Map<string, string> {
    if (this.#host.filters === null) throw this.#error('refused', 'no network filter driver');
    return this.#host.filters;
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `firewall.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
      return work();
    });
  }
}
