import type { InstanceDevicesBody } from '@ferry/api';
import { type GuestStatistics, HypervisorError } from '@ferry/hypervisor';
import type { DiskFacts, DomainFacts } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** As much of the end as is told: Nova's `MAX_CONSOLE_BYTES`. */
const maxBytes = 102_400;
/** Reading a file of a host may take a pool to be made for its directory. */
const readMs = 30_000;

/** What a guest has written to its serial console; null where nothing is kept of it. */
export async function readConsole(services: Services, id: string): Promise<string | null> {
  const { store, hypervisor } = services;
  const instance = await store.instances.byId(id);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('instance-not-found', `There is no instance "${id}".`);
  try {
    return await hypervisor.host(host.uri).guests.consoleOutput(id, maxBytes, { deadlineMs: readMs });
  } catch (error) {
    throw refusalOf(error);
  }
}

/** What the hypervisor tells of a guest. Refuses for one that does not run: there is nothing to tell. */
export async function readStatistics(services: Services, id: string): Promise<GuestStatistics> {
  const { store, hypervisor, limits } = services;
  const instance = await store.instances.byId(id);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (instance === null || host === null)
    throw new Refusal('instance-not-found', `There is no instance "${id}".`);
  try {
    return await hypervisor.host(host.uri).guests.statistics(id, { deadlineMs: limits.inspectMs });
  } catch (error) {
    if (error instanceof HypervisorError && error.code === 'wrong-state')
      throw new Refusal(
        'instance-state',
        `Cannot 'get_diagnostics' instance ${id} while it is in vm_state ${instance.vmState}`,
        [],
        error,
      );
    throw refusalOf(error);
  }
}

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
