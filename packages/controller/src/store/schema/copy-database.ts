import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Schema } from './schema.ts';
import { schemaMigrations } from './schema-migrations.ts';
import { openDatabase } from '../database/open-database.ts';
import { createHash } from 'node:crypto';

/** How much was copied of each table. */
export interface CopiedDatabase {
  /** Whether all of it was there before, and nothing was done. */
  readonly wasThere: boolean;
  readonly rows: Readonly<Record<string, number>>;
}

/** Why a database is not copied; nothing of the copy is left. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}

/** PostgreSQL takes 65,535 values of a statement (its protocol counts them in 16 bits). */
const valuesAtOnce = 30_000;
const rowsAtOnce = 500;

/**
 * Copies a database of SQLite into an empty one on PostgreSQL: the schema and every row of every table in one transaction,
 * which is committed when both sides hold the same, by count and by digest. Nobody may work on either meanwhile.
 */
export async function copyDatabase(file: string, to: string): Promise<CopiedDatabase> {
  const source = new DatabaseSync(file, { readOnly: true });
  const target = openDatabase(to);
  try {
    await requireNewest(source, file);
    const tables = tablesOf(source);
    return await target
      .transaction()
      .setIsolationLevel('serializable')
      .execute(async (tx) => {
        const there = await tablesThere(tx);
        if (there.length > 0) return compareThere(source, tx, tables, there);
        const { error } = await new Migrator({ db: tx, provider: schemaMigrations }).migrateToLatest();
        if (error !== undefined) throw new Error('the tables could not be made', { cause: error });
        // What a first start has in them is the source's to say.
        for (const table of tables.toReversed()) await emptyOut(tx, table);
        for (const table of tables) await copyTable(source, tx, table);
        const rows = await compareAll(source, tx, tables);
        await goOnCounting(source, tx);
        return { wasThere: false, rows };
      });
  } finally {
    source.close();
    await target.destroy();
  }
}

/** What is written here is written as this version has it. */
async function requireNewest(source: DatabaseSync, file: string): Promise<void> {
  const known = Object.keys(await schemaMigrations.getMigrations());
  const has =
    source.prepare("select 1 from sqlite_master where name = 'kysely_migration'").get() !== undefined;
  const there = has
    ? source
        .prepare('select name from kysely_migration order by name')
        .all()
        .map((row) => String(row['name']))
    : [];
  const [missing] = known.filter((name) => !there.includes(name));
  const [newer] = there.filter((name) => !known.includes(name));
  if (newer !== undefined)
    throw new CopyRefused(`${file} is of a newer version of Ferry: it has ${newer}. Use that version`);
  if (missing !== undefined)
    throw new CopyRefused(
      `${file} is of a former version of Ferry: it lacks ${missing}. Start this version on it once, and stop it again`,
    );
}

/** Those that are others' come before those that refer to them. */
function tablesOf(source: DatabaseSync): readonly string[] {
  const rows = source
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%' order by name",
    )
    .all();
  const names = rows.map((row) => String(row['name']));
  const needs = new Map(
    names.map((name) => [
      name,
      source
        .prepare('select "table" as other from pragma_foreign_key_list(?)')
        .all(name)
        .map((row) => String(row['other']))
        .filter((other) => other !== name),
    ]),
  );
  const sorted: string[] = [];
  while (sorted.length < names.length) {
    const free = names.filter(
      (name) => !sorted.includes(name) && (needs.get(name) ?? []).every((other) => sorted.includes(other)),
    );
    if (free.length === 0) throw new CopyRefused('tables refer to each other in a circle');
    sorted.push(...free);
  }
  return sorted;
}

async function tablesThere(tx: Transaction<Schema>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema() order by 1`.execute(tx);
  return rows.map(({ name }) => name);
}

/** A database that has anything in it is left as it is; it may be this one's copy, by a run before. */
async function compareThere(
  source: DatabaseSync,
  tx: Transaction<Schema>,
  tables: readonly string[],
  there: readonly string[],
): Promise<CopiedDatabase> {
  const missing = tables.filter((table) => !there.includes(table));
  const isOthers = (): CopyRefused =>
    new CopyRefused(
      `the database there is not empty: it has ${there.length} tables (${there.slice(0, 5).join(', ')}, …), and not what is here. Name an empty one`,
    );
  if (missing.length > 0) throw isOthers();
  const rows = await compareAll(source, tx, tables).catch((error: unknown) => {
    throw error instanceof CopyRefused ? isOthers() : error;
  });
  return { wasThere: true, rows };
}

async function emptyOut(tx: Transaction<Schema>, table: string): Promise<void> {
  await sql`delete from ${sql.table(table)}`.execute(tx);
}

/** In the order in which they were written: what refers to a row of its own table comes after that. */
async function copyTable(source: DatabaseSync, tx: Transaction<Schema>, table: string): Promise<void> {
  const select = source.prepare(`select * from "${table}" order by rowid`);
  const columns = select.columns().map(({ name }) => name);
  const most = Math.min(rowsAtOnce, Math.floor(valuesAtOnce / columns.length));
  let batch: SQLOutputValue[][] = [];
  const write = async (): Promise<void> => {
    if (batch.length === 0) return;
    const rows = batch.map((values) => sql`(${sql.join(values)})`);
    const names = sql.join(columns.map((name) => sql.ref(name)));
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(rows)}`.execute(tx);
    batch = [];
  };
  for (const row of select.iterate()) {
    batch.push(columns.map((name) => row[name] ?? null));
    if (batch.length >= most) await write();
  }
  await write();
}

/** Counts and digests of all tables, on both sides; throws for the first that differs. */
async function compareAll(
  source: DatabaseSync,
  tx: Transaction<Schema>,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const table of tables) {
    const here = new TableDigest();
    for (const row of source.prepare(`select * from "${table}"`).iterate()) here.add(row);
    const there = await digestThere(tx, table);
    if (here.text !== there.text)
      throw new CopyRefused(
        `${table} differs: ${here.count} rows with the digest ${here.text} here, ${there.count} with ${there.text} there`,
      );
    rows[table] = here.count;
  }
  return rows;
}

async function digestThere(tx: Transaction<Schema>, table: string): Promise<TableDigest> {
  const digest = new TableDigest();
  await sql`declare ferry_copy no scroll cursor for select * from ${sql.table(table)}`.execute(tx);
  for (;;) {
    const { rows } = await sql<Record<string, unknown>>`fetch ${sql.lit(rowsAtOnce)} from ferry_copy`.execute(
      tx,
    );
    for (const row of rows) digest.add(row);
    if (rows.length < rowsAtOnce) break;
  }
  await sql`close ferry_copy`.execute(tx);
  return digest;
}

/** Numbers that were given out are not given out again, those of rows that are gone included. */
async function goOnCounting(source: DatabaseSync, tx: Transaction<Schema>): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = current_schema() and column_default like 'nextval(%'`.execute(tx);
  const has =
    source.prepare("select 1 from sqlite_master where name = 'sqlite_sequence'").get() !== undefined;
  for (const { table, column } of rows) {
    const given = has
      ? source.prepare('select seq from sqlite_sequence where name = ?').get(table)
      : undefined;
    const used = source.prepare(`select max("${column}") as most from "${table}"`).get();
    const last = Math.max(Number(given?.['seq'] ?? 0), Number(used?.['most'] ?? 0));
    if (last > 0) await sql`select setval(pg_get_serial_sequence(${table}, ${column}), ${last})`.execute(tx);
  }
}

const modulus = 2n ** 256n;

/**
 * A digest of rows, whatever their order: the sum of the SHA-256 of each, each column by its name. Databases sort texts
 * differently, and neither has to sort all of a table for it.
 */
export class TableDigest {
  #sum = 0n;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** In hexadecimal, with how many there were. */
  get text(): string {
    return `${this.#count}-${this.#sum.toString(16).padStart(64, '0').slice(0, 32)}`;
  }

  add(row: Readonly<Record<string, unknown>>): void {
    const plain = Object.keys(row)
      .toSorted()
      .map((name) => [name, plainOf(row[name])]);
    const digest = createHash('sha256').update(JSON.stringify(plain)).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % modulus;
    this.#count += 1;
  }
}

/** Both databases' values in one form: bytes as text, numbers as numbers. */
function plainOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  return typeof value === 'bigint' ? Number(value) : value;
}
