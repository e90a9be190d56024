import type { DatabaseSync } from 'node:sqlite';
import type { SimulatedWorld } from '@ferry/hypervisor/simulated';

/** What of hosts has to be as it was after what is undone. */
export function hostsOf(world: SimulatedWorld): unknown {
  return [...world.hosts.values()].map(
    ({ name, domains, directories, filters, networks, pools, secrets }) => ({
      name,
      networks: structuredClone([...networks]),
      pools: structuredClone([...pools]),
      secrets: structuredClone([...secrets]),
      // Ids of groups differ from world to world.
      filters: [...(filters?.keys() ?? [])]
        .map((filter) => filter.replace(/^ferry-group-.*/, 'ferry-group'))
        .toSorted(),
      domains: [...domains].map(([uuid, { xml, state, persistent, autostart, job, records }]) => ({
        uuid,
        disks: readDisks(xml),
        records,
        state,
        persistent,
        autostart,
        moves: job !== null,
      })),
      files: [...directories].map(([path, files]) => [
        path,
        [...files].toSorted(([a], [b]) => a.localeCompare(b)),
      ]),
    }),
  );
}

/** All that hosts are, but for what time does by itself. */
export function allOf({ hosts, receivers, heldImages }: SimulatedWorld): unknown {
  return plain({ hosts, receivers: receivers.size, held: heldImages.size });
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, entry]) => [key, plain(entry)]);
  if (value instanceof Set) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'bigint') return null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

/** All rows but for what is written and never read by an operation. */
export function rowsOf(database: DatabaseSync): unknown {
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !neverRead.has(name));
  return tables.map((name) => [
    name,
    database
      .prepare(`SELECT * FROM "${name}"`)
      .all()
      .map((row) => JSON.stringify(row).replace(/\\"elapsedMs\\":\d+/g, '')),
  ]);
}

/** History, and what belongs to no instance. */
const neverRead: ReadonlySet<string> = new Set([
  'event',
  'migration_forecast',
  'migration_progress',
  'operation_record',
  'sqlite_sequence',
  'kysely_migration',
  'kysely_migration_lock',
]);

/** The files that a definition names. */
function readDisks(xml: string): string[] {
  return Array.from(xml.matchAll(/<source file=['"]([^'"]*)/g), ([, file = '']) => file);
}
