import type { Host } from '@ferry/model';
import { readHost } from '../operations/facts/read-host.ts';
import type { Services } from '../operations/engine/services.ts';
import { findDrift } from './find-drift.ts';
import type { HostLook } from './first-look.ts';
import { followNames } from './follow-names.ts';
import { noteDevices } from './note-devices.ts';

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
