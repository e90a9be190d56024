import { DeviceModifyFlag, type DomainRef, DomainXmlFlag, type NwfilterBindingRef } from '@ferry/libvirt';
import { filterNames, type SecurityGroup } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostFirewall, InstanceFilter } from '../contract/host-networks.ts';
import { groupFilterXml, instanceFilterXml, readBindingOwner } from '../xml/filter-xml.ts';
import { type FilteredInterface, readInterfaceFilters } from '../xml/interface-filter.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { LibvirtPools } from './libvirt-pools.ts';
import { readSmallFile } from './read-small-file.ts';

/** The kernel's settings by which packets of bridges are shown to iptables and ip6tables (Documentation/networking/bridge.rst). */
const shownToFilters = [
  '/proc/sys/net/bridge/bridge-nf-call-iptables',
  '/proc/sys/net/bridge/bridge-nf-call-ip6tables',
];

/** Packet filters on libvirt: its own network filters, which it sets up before a guest's interface carries anything. */
export class LibvirtFirewall implements HostFirewall {
  readonly #connection: HostConnection;
  readonly #pools: LibvirtPools;

  constructor(connection: HostConnection) {
    this.#connection = connection;
    this.#pools = new LibvirtPools(connection);
  }

  async filters(call: Call = {}): Promise<readonly string[] | null> {
    try {
      const { filters } = await this.#connection.call(
        'connectListAllNwfilters',
        { needResults: 1, flags: 0 },
        call,
      );
      return filters.map(({ name }) => name);
    } catch (error) {
      // A libvirt without the driver refuses every question to it.
      if (error instanceof HypervisorError && error.code === 'refused') return null;
      throw error;
    }
  }

  async inForce(call: Call = {}): Promise<boolean | null> {
    const values = await Promise.all(
      shownToFilters.map((path) => readSmallFile(this.#connection, this.#pools, path, call)),
    );
    // Where the kernel has not begun to show them, libvirt's first rule makes it do so.
    return values.every((value) => value === null) ? null : !values.includes('0');
  }

  async ensureGroupFilter(group: SecurityGroup, call: Call = {}): Promise<void> {
    await this.#define(groupFilterXml(group), call);
  }

  async ensureInstanceFilter(filter: InstanceFilter, call: Call = {}): Promise<void> {
    await this.#define(instanceFilterXml(filter), call);
  }

  async ensureNoFilter(name: string, call: Call = {}): Promise<'gone' | 'in-use'> {
    try {
      const { nwfilter } = await this.#connection.call('nwfilterLookupByName', { name }, call);
      await this.#connection.call('nwfilterUndefine', { nwfilter }, call);
      return 'gone';
    } catch (error) {
      if (!(error instanceof HypervisorError)) throw error;
      if (error.code === 'no-filter') return 'gone';
      if (error.code === 'wrong-state') return 'in-use';
      throw error;
    }
  }

  async ensureNoBindings(domainId: string, call: Call = {}): Promise<'gone' | 'in-use'> {
    const bindings = await this.#bindingsOf(domainId, call);
    if (bindings.length === 0) return 'gone';
    if (await this.#isActive(domainId, call)) return 'in-use';
    for (const nwfilter of bindings) {
      await this.#connection.call('nwfilterBindingDelete', { nwfilter }, call).catch(unlessGone);
    }
    return 'gone';
  }

  async #bindingsOf(domainId: string, call: Call): Promise<NwfilterBindingRef[]> {
    const found: NwfilterBindingRef[] = [];
    for (const nwfilter of await this.#bindings(call)) {
      const description = await this.#connection
        .call('nwfilterBindingGetXmlDesc', { nwfilter, flags: 0 }, call)
        .catch(unlessGone);
      if (description === null) continue;
      const owner = parse(this.#connection, () => readBindingOwner(description.xml));
      if (owner === domainId) found.push(nwfilter);
    }
    return found;
  }

  async #bindings(call: Call): Promise<readonly NwfilterBindingRef[]> {
    try {
      const all = { needResults: 1, flags: 0 };
      return (await this.#connection.call('connectListAllNwfilterBindings', all, call)).bindings;
    } catch (error) {
      // A libvirt without the driver refuses every question to it.
      if (error instanceof HypervisorError && error.code === 'refused') return [];
      throw error;
    }
  }

  async #isActive(domainId: string, call: Call): Promise<boolean> {
    try {
      const { dom } = await this.#connection.call('domainLookupByUuid', { uuid: domainId }, call);
      return (await this.#connection.call('domainIsActive', { dom }, call)).active;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-domain') return false;
      throw error;
    }
  }

  async setDomainFilter(domainId: string, filter: string | null, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.call('domainLookupByUuid', { uuid: domainId }, call);
    const [{ active }, { persistent }] = await Promise.all([
      this.#connection.call('domainIsActive', { dom }, call),
      this.#connection.call('domainIsPersistent', { dom }, call),
    ]);
    // The running guest first: what is to be dropped is dropped from now on.
    if (active) await this.#set(dom, filter, 0, DeviceModifyFlag.live, call);
    if (persistent) await this.#set(dom, filter, DomainXmlFlag.inactive, DeviceModifyFlag.config, call);
  }

  async #set(dom: DomainRef, filter: string | null, which: number, flags: number, call: Call): Promise<void> {
    const { xml } = await this.#connection.call(
      'domainGetXmlDesc',
      { dom, flags: which | DomainXmlFlag.secure },
      call,
    );
    for (const one of parse(this.#connection, () => readInterfaceFilters(xml))) {
      this.#requireOurs(dom, one);
      if (one.filter === filter) continue;
      await this.#connection.call('domainUpdateDeviceFlags', { dom, xml: one.with(filter), flags }, call);
    }
  }

  #requireOurs(dom: DomainRef, { mac, filter }: FilteredInterface): void {
    if (filter === null || filterNames.isOurs(filter)) return;
    const { uri } = this.#connection;
    const message = `${uri}: the interface ${mac} of ${dom.name} has the filter "${filter}" already, which is not Ferry's`;
    throw new HypervisorError('exists', uri, message);
  }

  async #define(xml: string, call: Call): Promise<void> {
    await this.#connection.call('nwfilterDefineXml', { xml }, call);
  }
}

/** Another one took it away in the meantime, or its domain ended. */
function unlessGone(error: unknown): null {
  if (error instanceof HypervisorError && error.code === 'no-filter') return null;
  throw error;
}
