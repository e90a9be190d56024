import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { forgetStatements, nameOfStatement } from './impatient-client.ts';
import { openDatabase } from './open-database.ts';
import type { Schema } from '../schema/schema.ts';
import { emptyPostgresDatabase } from './test-database.test-support.ts';

test('what is asked for the third time has a name, and keeps it; what changes something has none', () => {
  forgetStatements();
  const names = ['select 1', 'select 1', 'select 1', 'select 2', 'select 1'].map(nameOfStatement);
  expect(names.slice(0, 2)).toEqual([null, null]);
  expect(names[2]).toMatch(/^ferry_/);
  expect(names.slice(3)).toEqual([null, names[2]]);
  expect([1, 2, 3, 4].map(() => nameOfStatement('update host set name = $1'))).toEqual([
    null,
    null,
    null,
    null,
  ]);
  forgetStatements();
  expect(nameOfStatement('select 1')).toBeNull();
});

test('there are no more than a hundred', () => {
  forgetStatements();
  const texts = Array.from({ length: 120 }, (_, number) => `select ${number}`);
  const named = texts.filter((text) => [1, 2, 3].map(() => nameOfStatement(text)).at(-1) !== null);
  expect(named).toEqual(texts.slice(0, 100));
  forgetStatements();
});

test('on PostgreSQL they are kept ready, and go on when a table has become another', async ({ skip }) => {
  const url = await emptyPostgresDatabase();
  if (url === null) return skip('on SQLite all statements are kept ready');
  await using db = openDatabase(url);
  await sql`create table thing (name text)`.execute(db);
  await sql`insert into thing values ('a')`.execute(db);
  const things = sql`select * from thing`;
  for (let time = 0; time < 8; time += 1) expect((await things.execute(db)).rows).toEqual([{ name: 'a' }]);
  expect(await kept(db)).toEqual(['select * from thing']);
  await sql`alter table thing add column size bigint default 2`.execute(db);
  expect((await things.execute(db)).rows).toEqual([{ name: 'a', size: 2 }]);
  await db.transaction().execute(async (tx) => {
    for (let time = 0; time < 8; time += 1) await things.execute(tx);
  });
  for (let time = 0; time < 8; time += 1)
    expect((await things.execute(db)).rows).toEqual([{ name: 'a', size: 2 }]);
  return undefined;
});

/** What the connection's server keeps ready of this table. */
async function kept(db: Kysely<Schema>): Promise<string[]> {
  const asked = sql<{
    statement: string;
  }>`select statement from pg_prepared_statements where statement like '%thing'`;
  return (await asked.execute(db)).rows.map(({ statement }) => statement);
}
