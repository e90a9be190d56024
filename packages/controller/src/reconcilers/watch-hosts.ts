import { devicesOf, type Host } from '@ferry/model';
import { readHost } from '../operations/facts/read-host.ts';
import type { Services } from '../operations/engine/services.ts';
import { findDrift } from './find-drift.ts';
import type { HostLook } from './first-looks.ts';

/**
 * Looks at every host: whether it answers and what it has; then compares that with the record of each instance. Reads
 * the world, takes no arguments.
 */
export async function watchHosts(services: Services): Promise<void> {
  const hosts = await services.store.hosts.list();
  // Before the look: what changes meanwhile is known by that and left alone.
  const outlines = await services.store.instances.outlines();
  const owed = new Set((await services.store.migrations.underWay()).map((one) => one.instanceId));
  const looks = await Promise.all(hosts.map((host) => watchHost(services, host)));
  await findDrift(services, outlines, looks, owed);
  await followNames(services, looks);
  await noteDevices(services, looks);
}

async function watchHost(services: Services, host: Host): Promise<HostLook> {
  const { store, log } = services;
  const call = { deadlineMs: services.limits.inspectMs };
  const at = new Date().toISOString();
  const silent = async (reason: string): Promise<HostLook> => {
    log.debug({ host: host.name, reason }, 'a host did not answer');
    await store.hosts.saw(host.id, { state: 'down', reason, at, facts: null });
    return { host, powers: null, reason };
  };
  const reading = await readHost(services, host, call);
  if (reading.kind !== 'answers') return silent(reading.reason);
  try {
    const powers = await reading.hypervisor.domains.powers(call);
    await store.hosts.saw(host.id, { state: 'up', reason: '', at, facts: reading.facts });
    return { host, powers, reason: '' };
  } catch (error) {
    return silent(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A domain that somebody has renamed (`virsh domrename`): the instance follows, unless it has a name of its own. What is kept
 * of its definition is read anew.
 */
async function followNames({ store }: Services, looks: readonly HostLook[]): Promise<void> {
  const shown = new Map(looks.map(({ host, powers }) => [host.id, powers]));
  for (const { instanceId, hostId, name, domainName } of await store.devices.names()) {
    const now = shown.get(hostId)?.get(instanceId)?.name;
    if (now === undefined || now === domainName) continue;
    if (name === domainName) await store.instances.rename(instanceId, now);
    await store.devices.forget(instanceId);
  }
}

/** So many definitions are read in one round: a look at all hosts must not take for ever. */
const eachRound = 50;

/** Reads the definitions of instances that are new to their hosts, so that lists of servers can tell them without asking. */
async function noteDevices(services: Services, looks: readonly HostLook[]): Promise<void> {
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
