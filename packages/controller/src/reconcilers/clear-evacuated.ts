import type { Migration } from '@ferry/model';
import type { Services } from '../operations/engine/services.ts';

/**
 * A host that is back holds definitions of instances that were evacuated from it: they are taken away where they are off,
 * and their disks, which are the instance's own, stay. One that runs is left for the look at drift, which pauses both.
 */
export async function clearEvacuated(services: Services): Promise<void> {
  for (const migration of await services.store.migrations.evacuated()) {
    try {
      await clearOne(services, migration);
    } catch (error) {
      services.log.debug({ err: error, migration: migration.id }, 'an evacuated host is not cleared yet');
    }
  }
}

async function clearOne(
  services: Services,
  { id, instanceId, instanceName, sourceHostId, sourceHost }: Migration,
): Promise<void> {
  const { store, hypervisor, limits } = services;
  const source = await store.hosts.byId(sourceHostId);
  if (source?.service.state !== 'up') return;
  const instance = await store.instances.byId(instanceId);
  // It is there again by another move, or somebody is at it.
  if (instance !== null && (instance.operationId !== null || instance.hostId === sourceHostId)) return;
  const call = { deadlineMs: limits.inspectMs };
  const { domains } = hypervisor.host(source.uri);
  const sighting = await domains.observe(instanceId, call);
  if (sighting.kind === 'unreachable') return;
  if (sighting.kind === 'present') {
    if (sighting.state !== 'shutoff') return;
    await store.migrations.setPhase(id, `take the definition of ${instanceName} from ${sourceHost}`);
    await domains.ensureUndefined(instanceId, call);
  }
  await store.migrations.advance(id, 'completed', `moved; ${sourceHost} is back and holds nothing of it`);
}
