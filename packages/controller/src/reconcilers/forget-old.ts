import type { Migration } from '@ferry/model';
import type { ControllerOptions } from '../controller-options.ts';
import type { Services } from '../operations/engine/services.ts';

const dayMs = 86_400_000;
/** However young they are, no more of them than that. */
const maxEvents = 1_000_000;
const maxMigrations = 100_000;

/** How long what has happened is kept, milliseconds; null: for ever. */
interface Kept {
  readonly audit: number | null;
  readonly events: number | null;
  /** With plans that have ended. */
  readonly operations: number | null;
  /** With what was done to instances, and instances that are deleted. */
  readonly migrations: number | null;
  readonly measurements: number | null;
}

/** What an operator said, and what holds else. */
export function keptOf(options: ControllerOptions): Kept {
  const { auditKeptMs, eventsKeptMs, operationsKeptMs, migrationsKeptMs, measurementsKeptMs } = options;
  return {
    audit: auditKeptMs === undefined ? 365 * dayMs : auditKeptMs,
    events: eventsKeptMs === undefined ? 90 * dayMs : eventsKeptMs,
    operations: operationsKeptMs === undefined ? 90 * dayMs : operationsKeptMs,
    migrations: migrationsKeptMs === undefined ? 730 * dayMs : migrationsKeptMs,
    measurements: measurementsKeptMs === undefined ? 30 * dayMs : measurementsKeptMs,
  };
}

/** Forgets what is older than it is to be kept, and that nothing which goes on rests on. */
export async function forgetOld({ store, log }: Services, kept: Kept): Promise<void> {
  const { retention } = store;
  const ago = (ms: number): string => new Date(Date.parse(store.now()) - ms).toISOString();
  const forgotten = {
    audit: kept.audit === null ? 0 : await store.audit.removeBefore(ago(kept.audit)),
    events: kept.events === null ? 0 : await retention.removeEvents(ago(kept.events), maxEvents),
    operations: kept.operations === null ? 0 : await retention.removeOperations(ago(kept.operations)),
    migrations:
      kept.migrations === null ? 0 : await retention.removeMigrations(ago(kept.migrations), maxMigrations),
    actions: kept.migrations === null ? 0 : await retention.removeActions(ago(kept.migrations)),
    plans: kept.operations === null ? 0 : await store.plans.removeFinished(ago(kept.operations)),
    deletedInstances:
      kept.migrations === null ? 0 : await retention.removeDeletedInstances(ago(kept.migrations)),
    measurements:
      kept.measurements === null ? 0 : await store.measurements.removeBefore(ago(kept.measurements)),
  };
  if (Object.values(forgotten).some((count) => count > 0)) log.info(forgotten, 'what was old is forgotten');
}

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
