import { randomUUID } from 'node:crypto';
import { firstProject, firstUser, type Instance } from '@ferry/model';
import { type Kysely, sql } from 'kysely';
import { hostIdOf, instanceIdOf } from './filled-ids.test-support.ts';
import { isShared } from '../database/atomically.ts';
import { openDatabase } from '../database/open-database.ts';
import { writeMigration } from '../migrations/migration-row.ts';
import { migrationOf, web } from './sample-store.test-support.ts';
import type { Schema } from '../schema/schema.ts';

/** How much a database is to hold. */
export interface Filling {
  readonly hosts: number;
  readonly instances: number;
  readonly migrations: number;
}

/** Rows of one statement: SQLite and PostgreSQL have a bound for the values of one. */
const atOnce = 500;

/** Puts hosts, instances with their profiles, and migrations that are over into a database that a controller has made. */
export async function fillStore(where: string, filling: Filling): Promise<void> {
  const db = openDatabase(where);
  try {
    await db.transaction().execute(async (tx) => {
      await fill(tx, filling);
    });
    // By itself it would within a minute, as it has in a database that is in use; until then it plans for empty tables.
    if (isShared(db)) await sql`vacuum analyze`.execute(db);
  } finally {
    await db.destroy();
  }
}

const madeAtMs = Date.parse('2026-01-01T00:00:00Z');

async function fill(db: Kysely<Schema>, { hosts, instances, migrations }: Filling): Promise<void> {
  const at = new Date().toISOString();
  await inParts(hosts, async (numbers) => {
    await db
      .insertInto('host')
      .values(
        numbers.map((number) => ({
          id: hostIdOf(number),
          name: `compute${number}`,
          uri: `simulated://compute${number}/`,
          peer_uri: `simulated://compute${number}/`,
          remove_unused_images: 0,
          status: 'enabled',
          state: 'up',
          reason: '',
          last_seen_at: at,
        })),
      )
      .execute();
  });
  await inParts(instances, async (numbers) => {
    await db
      .insertInto('instance')
      .values(
        numbers.map((number) => ({
          id: instanceIdOf(number),
          name: `web${number}`,
          host_id: hostIdOf(number % hosts),
          power_state: 'running',
          vm_state: 'active',
          memory_bytes: 2 ** 30,
          vcpus: 1,
          generation: 1,
        })),
      )
      .execute();
    await db
      .insertInto('instance_profile')
      .values(
        numbers.map((number) => ({
          instance_id: instanceIdOf(number),
          project_id: firstProject.id,
          user_id: firstUser.id,
          // One after the other, as instances are made.
          created_at: new Date(madeAtMs + number * 1000).toISOString(),
          updated_at: at,
          launched_at: at,
          metadata: JSON.stringify({ role: 'web', number: String(number) }),
          tags: '["bench"]',
          config_drive: 0,
        })),
      )
      .execute();
  });
  await inParts(migrations, async (numbers) => {
    await db
      .insertInto('migration')
      .values(numbers.map((number) => migrationRow(number, hosts)))
      .execute();
  });
}

function migrationRow(number: number, hosts: number): ReturnType<typeof writeMigration> {
  const instance: Instance = { ...web, id: instanceIdOf(number), hostId: hostIdOf(number % hosts) };
  const target = (number + 1) % hosts;
  const row = writeMigration({ ...migrationOf(instance), id: randomUUID(), status: 'completed' });
  return {
    ...row,
    source_host: `compute${number % hosts}`,
    target_host_id: hostIdOf(target),
    target_host: `compute${target}`,
    finished_at: row.updated_at,
  };
}

async function inParts(count: number, insert: (numbers: number[]) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += atOnce)
    await insert(Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => first + index));
}
