import type { Host } from '@ferry/model';
import { vmStateOf } from '../operations/adopt-instance.ts';
import type { Services } from '../operations/shared/services.ts';

/** Looks at every host: whether it answers, what it has, and the power of the instances on it. Reads the world, takes no arguments. */
export async function watchHosts(services: Services): Promise<void> {
  const hosts = await services.store.hosts.list();
  await Promise.all(hosts.map((host) => watchHost(services, host)));
}

async function watchHost(services: Services, host: Host): Promise<void> {
  const { store, log } = services;
  const call = { deadlineMs: services.limits.inspectMs };
  const at = new Date().toISOString();
  try {
    const there = services.hypervisor.host(host.uri);
    const facts = await there.facts(call);
    if (facts.hostUuid !== host.id) {
      const reason = `another host answers at ${host.uri}: its uuid is ${facts.hostUuid}, not ${host.id}`;
      await store.hosts.saw(host.id, { state: 'down', reason, at, facts: null });
      return;
    }
    await store.hosts.saw(host.id, { state: 'up', reason: '', at, facts });
    await watchInstances(services, host, call.deadlineMs);
  } catch (error) {
    log.debug({ err: error, host: host.name }, 'a host did not answer');
    const reason = error instanceof Error ? error.message : String(error);
    await store.hosts.saw(host.id, { state: 'down', reason, at, facts: null });
  }
}

async function watchInstances(services: Services, host: Host, deadlineMs: number): Promise<void> {
  const { store } = services;
  const owned = (await store.instances.list()).filter(
    (one) => one.hostId === host.id && one.migrationId === null,
  );
  if (owned.length === 0) return;
  const domains = new Map(
    (await services.hypervisor.host(host.uri).domains.list({ deadlineMs })).map((one) => [one.id, one]),
  );
  for (const { id, generation } of owned) {
    const powerState = domains.get(id)?.power ?? 'unknown';
    await store.instances.sawPower({ id, generation, powerState, vmState: vmStateOf(powerState) });
  }
}
