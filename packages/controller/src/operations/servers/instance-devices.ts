import type { InstanceDevicesBody } from '@ferry/api';
import type { DiskFacts, DomainFacts } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** Disks and network cards of an instance. Its host is asked, by one question and within its time. */
export async function instanceDevices(services: Services, name: string): Promise<InstanceDevicesBody> {
  const { store, hypervisor, limits } = services;
  const instance = await findInstance(store, name);
  const host = await store.hosts.byNameOrId(instance.hostId);
  if (host === null)
    throw new Refusal('host-not-found', `The host of "${instance.name}" is looked after no more.`);
  const domain = await hypervisor
    .host(host.uri)
    .domains.domain(instance.id, { deadlineMs: limits.inspectMs })
    .catch((error: unknown) => {
      throw refusalOf(error);
    });
  if (domain === null)
    throw new Refusal('domain-not-found', `${host.name} has no domain of "${instance.name}".`);
  return devicesBody(domain);
}

function devicesBody({ machineType, domainType, disks, interfaces }: DomainFacts): InstanceDevicesBody {
  return {
    machineType,
    domainType,
    disks: disks.map((disk) => ({
      target: disk.target,
      device: disk.device,
      source: sourceOf(disk),
      format: disk.format,
      readOnly: disk.readOnly,
      capacityBytes: disk.image?.capacityBytes ?? null,
      allocationBytes: disk.image?.allocationBytes ?? null,
      backing: disk.backing.map(({ path }) => path),
    })),
    interfaces: interfaces.map(({ mac, kind, source, filter }) => ({ mac, kind, source, filter })),
  };
}

/** Where it is, in one text; secrets of a disk on the network are no part of it. */
function sourceOf({ path, volume, network }: DiskFacts): string | null {
  if (volume !== null) return `${volume.pool}/${volume.name}`;
  if (network !== null) return `${network.protocol}:${network.name}`;
  return path;
}
