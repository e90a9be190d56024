import type { DomainFacts } from './domain-facts.ts';
import type { InstanceDevices } from './instance-devices.ts';

/** What is kept of a domain's definition, so that lists can tell it. */
export function devicesOf({ name, disks, interfaces }: DomainFacts): InstanceDevices {
  const root = disks.find(({ device }) => device === 'disk') ?? disks[0];
  return {
    domainName: name,
    rootDevice: root === undefined ? null : `/dev/${root.target}`,
    interfaces: interfaces.map(({ mac, source, kind }) => ({ mac, network: source ?? kind })),
  };
}
