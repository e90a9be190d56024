import { type GuestStatistics, HypervisorError } from '@ferry/hypervisor';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

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
