import { type Kysely, type RawBuilder, sql } from 'kysely';
import { isShared } from './atomically.ts';
import { ownClock } from './node-sqlite.ts';

/** A clock that says the time as UTC ISO 8601. */
export type Now = () => string;

/** The database's own time, milliseconds since 1970: the one clock that all controllers see alike. */
export function databaseNowMs<Schema>(db: Kysely<Schema>): RawBuilder<number> {
  return isShared(db)
    ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
    : sql<number>`${sql.raw(ownClock)}()`;
}
