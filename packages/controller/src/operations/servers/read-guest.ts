import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { type GuestStatistics, HypervisorError } from '@ferry/hypervisor';

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
