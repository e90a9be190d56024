import { type Kysely, sql } from 'kysely';
import { alone, byLocks, isShared } from './atomically.ts';
import { KeyFile, KeyFileError } from './key-file.ts';
import type { Schema } from '../schema/schema.ts';
import { placeOf, type SealedColumn, sealedColumns, type SecretKeys, useKeys } from './sealed-text.ts';

/** Where the keys are, and whether what is sealed is to be sealed with a new one. */
export interface KeySource {
  readonly path: string;
  readonly rotate: boolean;
}

/** Rows of one transaction: others who work on the database wait for no more than that. */
const batch = 200;
const proofPlace = (id: string): string => `secret_key/${id}`;

/**
 * Has a database use the keys of a file; makes the file at the very first start. Seals what is plain still, or sealed
 * with a former key: the file has the new key before anything is sealed with it, and the old one until nothing is, so
 * that this goes on with the next start wherever it ends. Throws KeyFileError where the file does not have the keys
 * that the database knows.
 */
export async function takeKeys(db: Kysely<Schema>, { path, rotate }: KeySource, at: string): Promise<void> {
  const file = new KeyFile(path);
  const known = await db.selectFrom('secret_key').selectAll().execute();
  if (!file.isThere && known.length > 0)
    throw new KeyFileError(
      `There is no key file ${path}, and what is secret in the database is sealed with the key ${known.map(({ id }) => id).join(', ')}: bring back secret.key of the controller that began with this database, or name it with --key-file.`,
    );
  let keys = file.isThere ? file.read() : file.make();
  requireKnown(keys, known, path);
  const isComplete = known.some(({ id, complete }) => id === keys.current.id && complete === 1);
  if (rotate && isComplete) keys = file.addKey(keys);
  if (!isComplete || rotate) {
    await begin(db, keys, { path, at });
    useKeys(db, keys);
    await sealAll(db, keys);
    await markComplete(db, keys);
  }
  // Of a shared database somebody may have been at work with the former key until now: it stays in the file.
  if (!isShared(db) && keys.ids.length > 1) keys = file.dropFormer(keys);
  useKeys(db, keys);
}

function requireKnown(
  keys: SecretKeys,
  known: readonly { readonly id: string; readonly proof: string }[],
  path: string,
): void {
  const missing = known.filter(({ id }) => !keys.ids.includes(id)).map(({ id }) => id);
  if (missing.length > 0)
    throw new KeyFileError(
      `The key file ${path} has the key ${keys.ids.join(', ')}, and what is secret in the database is sealed with ${missing.join(', ')}: all controllers of a database use the same key file. Copy secret.key of the data directory of the controller that began with this database, or name it with --key-file.`,
    );
  for (const { id, proof } of known) keys.open(proof, proofPlace(id));
}

/** Another controller, starting for the first time as well, may have been quicker with a key of its own. */
async function begin(
  db: Kysely<Schema>,
  keys: SecretKeys,
  { path, at }: { readonly path: string; readonly at: string },
): Promise<void> {
  const { id } = keys.current;
  await byLocks(db, async (tx) => {
    await alone(tx, 'secret_key');
    requireKnown(keys, await tx.selectFrom('secret_key').selectAll().execute(), path);
    await tx
      .insertInto('secret_key')
      .values({ id, proof: keys.seal('', proofPlace(id)), complete: 0, created_at: at })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  });
}

async function markComplete(db: Kysely<Schema>, keys: SecretKeys): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('secret_key').set({ complete: 1 }).where('id', '=', keys.current.id).execute();
    await tx.deleteFrom('secret_key').where('id', '!=', keys.current.id).execute();
  });
}

async function sealAll(db: Kysely<Schema>, keys: SecretKeys): Promise<void> {
  let sealed = 0;
  for (const column of Object.keys(sealedColumns) as SealedColumn[])
    for (let some = batch; some === batch; sealed += some) some = await sealSome(db, column, keys);
  if (sealed === 0 || isShared(db)) return;
  // What was plain stands in pages that are free now, and in the log of the last writes.
  await sql`vacuum`.execute(db);
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
}

/** Of rows whose text is not sealed with the current key, seals the first ones; how many there were. */
async function sealSome(db: Kysely<Schema>, column: SealedColumn, keys: SecretKeys): Promise<number> {
  const [table = '', name = ''] = column.split('.');
  const by = sealedColumns[column].map((one) => sql.ref(one));
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Record<string, string | number>>`
      select ${sql.join(by)}, ${sql.ref(name)} as text from ${sql.table(table)}
      where ${sql.ref(name)} is not null and ${sql.ref(name)} not like ${`${keys.prefix}%`}
      limit ${batch}`.execute(tx);
    for (const row of rows) {
      const ids = sealedColumns[column].map((one) => row[one] ?? '');
      const place = placeOf(column, ids);
      const text = String(row['text']);
      const is = by.map((one, index) => sql`${one} = ${ids[index]}`);
      // Only as it was read: whoever changes it meanwhile seals it.
      await sql`
        update ${sql.table(table)} set ${sql.ref(name)} = ${keys.seal(keys.open(text, place), place)}
        where ${sql.join(is, sql` and `)} and ${sql.ref(name)} = ${text}`.execute(tx);
    }
    return rows.length;
  });
}
