import { randomUUID } from 'node:crypto';
import { backup, DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { inject } from 'vitest';
import { openDatabase } from './open-database.ts';
import { Store } from '../store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which tests may make databases; undefined in the rings that run on SQLite. */
    postgresUrl: string | undefined;
  }
}

/** The database that those of tests are copied from. */
const template = 'ferry_template';

/** Makes what `postgresDatabase` copies; to be called once for a server. */
export async function makePostgresTemplate(server: string): Promise<void> {
  const store = await Store.open(await createDatabase(server, template));
  await store.close();
}

/** A new database on PostgreSQL as a first start leaves it; null in the rings that run on SQLite. */
export async function postgresDatabase(): Promise<string | null> {
  const server = inject('postgresUrl');
  return server === undefined ? null : createDatabase(server, newName(), `template ${template}`);
}

/** The same without anything in it. */
export async function emptyPostgresDatabase(): Promise<string | null> {
  const server = inject('postgresUrl');
  return server === undefined ? null : createDatabase(server, newName());
}

function newName(): string {
  return `ferry_${randomUUID().replaceAll('-', '')}`;
}

async function createDatabase(server: string, name: string, from = ''): Promise<string> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${name} ${from}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

const sqliteTemplate = 'file:ferry-template?mode=memory&cache=shared';
let filled: Promise<DatabaseSync> | null = null;

/** More than any database of a test has: it is copied in one go. */
const allPages = 1_000_000;

/**
 * Fills a file, or a shared database in memory, as a first start leaves it: copied page by page, for a small part of what making
 * the schema takes. One in memory is there until it is closed here and wherever else it is open.
 */
export async function fillSqlite(path: string): Promise<Disposable> {
  filled ??= openTemplate();
  return copySqlite(await filled, path);
}

/** The same from any database. */
async function copySqlite(source: DatabaseSync, path: string): Promise<Disposable> {
  const target = new DatabaseSync(path);
  await backup(source, path, { rate: allPages });
  return { [Symbol.dispose]: () => target.close() };
}

async function openTemplate(): Promise<DatabaseSync> {
  const store = await Store.open(sqliteTemplate);
  // Open as long as the process lives: what is in memory goes with the last connection.
  const database = new DatabaseSync(sqliteTemplate);
  await store.close();
  return database;
}

/** A store of its own in memory, empty or as another database is, and where else it can be opened while it is open. */
export async function memoryStore(
  like?: DatabaseSync,
): Promise<{ readonly store: Store; readonly path: string }> {
  memories += 1;
  const path = `file:ferry-memory-${memories}?mode=memory&cache=shared`;
  using held = await (like === undefined ? fillSqlite(path) : copySqlite(like, path));
  void held;
  return { store: await Store.open(path), path };
}

let memories = 0;

/** Operations that something is left to do for, in a database that controllers may be at work on. */
export async function openOperations(where: string): Promise<number> {
  const db = openDatabase(where);
  try {
    const { count } = await db
      .selectFrom('operation')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow();
    return count;
  } finally {
    await db.destroy();
  }
}

/** Tokens of the identity service that are kept, expired ones included. */
export async function keptTokens(where: string): Promise<number> {
  const db = openDatabase(where);
  try {
    return (await db.selectFrom('identity_token').select('hash').execute()).length;
  } finally {
    await db.destroy();
  }
}

/** Memory that migrations have claimed, on all hosts. */
export async function claimedBytes(where: string): Promise<number> {
  const db = openDatabase(where);
  try {
    const rows = await db.selectFrom('claim').select('memory_bytes').execute();
    return rows.reduce((sum, row) => sum + row.memory_bytes, 0);
  } finally {
    await db.destroy();
  }
}

/** The fence numbers of operations that are open, and whose they are. */
export async function holdersOf(where: string): Promise<{ fence: number; controllerId: string | null }[]> {
  const db = openDatabase(where);
  try {
    const rows = await db
      .selectFrom('operation')
      .select(['fence', 'controller_id'])
      .where('state', '=', 'open')
      .execute();
    return rows.map((row) => ({ fence: row.fence, controllerId: row.controller_id }));
  } finally {
    await db.destroy();
  }
}

/** Leaves a plan as a controller does that is killed right before it begins a step: applied, and the migration's id written down. */
export async function writeDownStep(
  where: string,
  planId: string,
  number: number,
  migrationId: string,
): Promise<void> {
  const db = openDatabase(where);
  const state = {
    kind: 'running',
    work: { kind: 'migration', id: migrationId },
    since: new Date(0).toISOString(),
  };
  try {
    await db
      .updateTable('plan')
      .set({ status: 'running', state: JSON.stringify({ kind: 'running' }) })
      .where('id', '=', planId)
      .execute();
    await db
      .updateTable('plan_step')
      .set({ status: 'running', state: JSON.stringify(state), migration_id: migrationId })
      .where('plan_id', '=', planId)
      .where('number', '=', number)
      .execute();
  } finally {
    await db.destroy();
  }
}

/** Asks a PostgreSQL database as somebody else would; its rows. */
export async function askPostgres(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
