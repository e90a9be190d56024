import type { Host } from '@ferry/model';
import type { Services } from '../operations/shared/services.ts';
import { findDrift } from './find-drift.ts';
import type { HostLook } from './first-look.ts';
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
  await noteDevices(services, looks);
}

async function watchHost(services: Services, host: Host): Promise<HostLook> {
  const { store, log } = services;
  const call = { deadlineMs: services.limits.inspectMs };
  const at = new Date().toISOString();
  try {
    const there = services.hypervisor.host(host.uri);
    const facts = await there.facts(call);
    if (facts.hostUuid !== host.id) {
      const reason = `another host answers at ${host.uri}: its uuid is ${facts.hostUuid}, not ${host.id}`;
      await store.hosts.saw(host.id, { state: 'down', reason, at, facts: null });
      return { host, powers: null, reason };
    }
    const powers = await there.domains.powers(call);
    await store.hosts.saw(host.id, { state: 'up', reason: '', at, facts });
    return { host, powers, reason: '' };
  } catch (error) {
    log.debug({ err: error, host: host.name }, 'a host did not answer');
    const reason = error instanceof Error ? error.message : String(error);
    await store.hosts.saw(host.id, { state: 'down', reason, at, facts: null });
    return { host, powers: null, reason };
  }
}
