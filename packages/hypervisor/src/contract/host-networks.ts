import type { HostNetworkFacts, SecurityGroup } from '@ferry/model';
import type { Call } from './call.ts';

/** What guests of one host are plugged into. Networks are the hypervisor's own; devices are the host's. */
export interface HostNetworks {
  /** A network by its name; null when there is none. */
  network(name: string, call?: Call): Promise<HostNetworkFacts | null>;
  /** A bridge or card of the host, looked at anew; null when there is none. */
  device(name: string, call?: Call): Promise<HostNetworkFacts | null>;
  /** A network's definition as another host can take it, and whether it starts by itself. */
  definition(name: string, call?: Call): Promise<{ readonly xml: string; readonly autostart: boolean }>;
  ensureDefined(
    network: { readonly name: string; readonly xml: string; readonly autostart: boolean },
    call?: Call,
  ): Promise<void>;
  ensureActive(name: string, call?: Call): Promise<void>;
  /** Stops a network that no guest is plugged into. Absent or stopped is fine. */
  ensureInactive(name: string, call?: Call): Promise<'stopped' | 'in-use'>;
  /** Removes a definition; one that runs runs on until it is stopped. Absent is fine. */
  ensureUndefined(name: string, call?: Call): Promise<void>;
}

/** What stands before the interfaces of one instance: the rules of its groups, and that it is who it says. */
export interface InstanceFilter {
  readonly instanceId: string;
  readonly groupIds: readonly string[];
  /** Addresses that it may send from; empty for any. Its hardware address is always held. */
  readonly addresses: readonly string[];
}

/** Packet filters of one host, held by the hypervisor itself. All names are of `filterNames`. */
export interface HostFirewall {
  /** Names of all filters that are there, Ferry's and others'; null where the host cannot filter at all. */
  filters(call?: Call): Promise<readonly string[] | null>;
  /** Whether packets that pass the host's bridges are shown to filters at all; null where it does not say. */
  inForce(call?: Call): Promise<boolean | null>;
  /** Defines a group's rules, or changes them in place: running guests get the new ones without a gap. */
  ensureGroupFilter(group: SecurityGroup, call?: Call): Promise<void>;
  /** Defines what stands before an instance; its groups' filters must be there. */
  ensureInstanceFilter(filter: InstanceFilter, call?: Call): Promise<void>;
  /** Removes a filter; one that a running domain uses stays. Absent is fine. */
  ensureNoFilter(name: string, call?: Call): Promise<'gone' | 'in-use'>;
  /**
   * Takes away what stands before interfaces of a domain that does not run here: the sudden end of its QEMU can leave
   * that behind, and the name of the interface is then taken. Nothing of one that runs is touched. Absent is fine.
   */
  ensureNoBindings(domainId: string, call?: Call): Promise<'gone' | 'in-use'>;
  /**
   * Puts a filter before all interfaces of a domain, in its definition and where it runs; null takes Ferry's away.
   * A filter that is not Ferry's is never touched: `exists`.
   */
  setDomainFilter(domainId: string, filter: string | null, call?: Call): Promise<void>;
}
