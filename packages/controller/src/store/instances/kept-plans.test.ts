import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { forgetStatements } from '../database/impatient-client.ts';
import { openDatabase } from '../database/open-database.ts';
import { postgresDatabase } from '../database/test-database.test-support.ts';
import { ServerStore } from './server-store.ts';

/** PostgreSQL looks five times at what a plan for the values costs before it keeps one for all; the statement is named from its third time on. */
const enough = 20;

test('PostgreSQL keeps the plan of one server, and that of a hundred, and plans neither anew each time', async ({
  skip,
}) => {
  const url = await postgresDatabase();
  if (url === null) return skip('SQLite plans a statement when it is prepared');
  forgetStatements();
  await using db = openDatabase(url);
  const servers = new ServerStore(db);
  const many = Array.from({ length: 100 }, (_, number) => `server-${number}`);
  for (let time = 0; time < enough; time += 1) await servers.byId('server-1');
  for (let time = 0; time < enough; time += 1) await servers.byIds(many);
  const { rows } = await sql<{ kept: number; anew: number }>`
    select generic_plans as kept, custom_plans as anew from pg_prepared_statements
    where statement like '%server_group_member%'`.execute(db);
  for (const { kept, anew } of rows) {
    expect(anew).toBeLessThanOrEqual(5);
    expect(kept).toBeGreaterThan(enough / 2);
  }
  expect(rows).toHaveLength(2);
  return undefined;
});
