import type { DomainFacts } from './domain-facts.ts';

/** What an instance's definition tells of it, as its host showed it last: lists answer from it without asking a host. */
export interface InstanceDevices {
  /** The hypervisor's name of the domain, which stays when the instance is renamed. */
  readonly domainName: string;
  /** The first disk by the guest's name, `/dev/vda`; null for a guest without disks. */
  readonly rootDevice: string | null;
  readonly interfaces: readonly InstanceInterface[];
}

/** One network interface, and what it is plugged into by its name: network, bridge or device. */
export interface InstanceInterface {
  readonly mac: string;
  readonly network: string;
}

/** What is kept of a domain's definition, so that lists can tell it. */
export function devicesOf({ name, disks, interfaces }: DomainFacts): InstanceDevices {
  const root = disks.find(({ device }) => device === 'disk') ?? disks[0];
  return {
    domainName: name,
    rootDevice: root === undefined ? null : `/dev/${root.target}`,
    interfaces: interfaces.map(({ mac, source, kind }) => ({ mac, network: source ?? kind })),
  };
}
