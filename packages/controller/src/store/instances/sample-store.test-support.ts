import { randomUUID } from 'node:crypto';
import { type Host, type Instance, type Migration, newMigration } from '@ferry/model';
import type { NewClaim } from '../migrations/begin-migration.ts';
import { Store } from '../store.ts';
import { memoryStore, postgresDatabase } from '../database/test-database.test-support.ts';

const service = { state: 'up', reason: '', status: 'enabled', lastSeenAt: null } as const;
/** Hosts a, b and c. */
export const hosts: Host[] = ['a', 'b', 'c'].map((name) => ({
  id: `host-${name}`,
  name,
  uri: `x://${name}`,
  peerUri: `x://${name}`,
  trustedCopyAddress: null,
  networks: { map: {}, define: false },
  storage: { pools: {}, paths: {}, define: false },
  removeUnusedImages: false,
  imageDirectory: null,
  screenAddress: null,
  screenTls: false,
  allowedDirectories: [],
  labels: {},
  fence: null,
  maintenance: null,
  service,
  facts: null,
}));

/** An instance on host a. */
export const web: Instance = {
  id: 'web-1',
  name: 'web',
  hostId: 'host-a',
  powerState: 'running',
  vmState: 'active',
  taskState: null,
  memoryBytes: 100,
  vcpus: 1,
  generation: 1,
  operationId: null,
  fault: null,
};

/** A migration of an instance from host a, as it is accepted. */
export function migrationOf(instance: Instance, target = 'b'): Migration {
  return newMigration(
    {
      id: randomUUID(),
      kind: 'live-migration',
      instanceId: instance.id,
      instanceName: instance.name,
      sourceHostId: instance.hostId,
      sourceHost: 'a',
      targetHostId: `host-${target}`,
      targetHost: target,
      plan: null,
      findings: [],
    },
    '2026-01-01T00:00:00.000Z',
  );
}

/** Half of what fits onto a host, nearly. */
export const claim: NewClaim = { memoryBytes: 100, diskBytes: 0, memoryLimitBytes: 250, directories: [] };
/** What a migration is begun with. */
export const operation = { workflow: 'live-migrate', input: { any: 'thing' } };
/** The end of a migration that failed. */
export const failed = { status: 'failed', phase: 'over', result: null, error: null, power: null } as const;

/** A store with hosts a, b and c and some instances, on the database of the ring. */
export async function sampleStore(instances: readonly Instance[] = [web]): Promise<Store> {
  const shared = await postgresDatabase();
  const store = shared === null ? (await memoryStore()).store : await Store.open(shared);
  for (const host of hosts) await store.hosts.add(host);
  for (const instance of instances) await store.instances.add(instance);
  return store;
}

/** Begins a migration of an instance; its id. */
export async function beginSample(store: Store, instance: Instance = web): Promise<string> {
  const migration = migrationOf(instance);
  const { begun } = await store.migrations.begin(migration, instance, claim, operation);
  if (!begun) throw new Error('the instance was free');
  return migration.id;
}
