import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { openDatabase } from './open-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which tests may make databases; undefined in the rings that run on SQLite. */
    postgresUrl: string | undefined;
  }
}

/** A new, empty database on PostgreSQL; null in the rings that run on SQLite. */
export async function postgresDatabase(): Promise<string | null> {
  const server = inject('postgresUrl');
  if (server === undefined) return null;
  const name = `ferry_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

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
