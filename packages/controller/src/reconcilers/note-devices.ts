import { devicesOf } from '@ferry/model';
import type { Services } from '../operations/engine/services.ts';
import type { HostLook } from './first-look.ts';

/** So many definitions are read in one round: a look at all hosts must not take for ever. */
const eachRound = 50;

/** Reads the definitions of instances that are new to their hosts, so that lists of servers can tell them without asking. */
export async function noteDevices(services: Services, looks: readonly HostLook[]): Promise<void> {
  const { store, hypervisor, limits, log } = services;
  const answering = new Map(looks.flatMap(({ host, powers }) => (powers === null ? [] : [[host.id, host]])));
  for (const { instanceId, hostId } of await store.devices.missing(eachRound)) {
    const host = answering.get(hostId);
    if (host === undefined) continue;
    try {
      const call = { deadlineMs: limits.inspectMs };
      const domain = await hypervisor.host(host.uri).domains.domain(instanceId, call);
      if (domain !== null) await store.devices.set(instanceId, hostId, devicesOf(domain));
    } catch (error) {
      log.debug({ err: error, instance: instanceId }, 'a definition could not be read; it is tried again');
    }
  }
}
