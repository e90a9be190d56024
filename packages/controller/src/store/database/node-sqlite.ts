import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** The SQL function that says the time, milliseconds since 1970: whoever opens the file and SQLite are one process, with one clock. */
export const ownClock = 'ferry_now_ms';

/** Statements that are kept, ready to run again: preparing one takes longer than most take to run. */
const preparedAtMost = 500;

/**
 * Node's own SQLite in the shape that Kysely's dialect expects.
 * WAL with full sync: a committed transaction survives a power cut.
 */
export function openNodeSqlite(path: string): SqliteDatabase {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  database.function(ownClock, () => Date.now());
  const prepared = new Map<string, Statement>();
  return {
    close: () => database.close(),
    prepare: (sql) => {
      // What was prepared for a schema is prepared again for the next one.
      if (/^\s*(?:create|alter|drop)\s/i.test(sql)) prepared.clear();
      const statement = prepared.get(sql) ?? new Statement(database, sql);
      // The one that was used last is the last to go.
      prepared.delete(sql);
      prepared.set(sql, statement);
      if (prepared.size > preparedAtMost) prepared.delete(prepared.keys().next().value ?? sql);
      return statement;
    },
  };
}

type Row = Record<string, SQLOutputValue>;

class Statement implements SqliteStatement {
  readonly #database: DatabaseSync;
  readonly #sql: string;
  readonly #statement: StatementSync;
  readonly #columns: readonly string[];
  /** A row of nothing: copies of it are of one shape, which those that are made value by value are not. */
  readonly #empty: Row;
  readonly reader: boolean;

  constructor(database: DatabaseSync, sql: string) {
    this.#database = database;
    this.#sql = sql;
    this.#statement = database.prepare(sql);
    this.#columns = this.#statement.columns().map(({ name }) => name);
    this.#empty = Object.fromEntries(this.#columns.map((name) => [name, null]));
    this.reader = this.#columns.length > 0;
    this.#statement.setReturnArrays(true);
  }

  /** Rows of values, which take half of what Node's objects without a prototype take, in time and in memory. */
  all(parameters: readonly unknown[]): Row[] {
    const rows = this.#statement.all(...(parameters as SQLInputValue[])) as unknown as SQLOutputValue[][];
    return rows.map((values) => {
      const row = { ...this.#empty };
      for (const [index, name] of this.#columns.entries()) row[name] = values[index] ?? null;
      return row;
    });
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...(parameters as SQLInputValue[]));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    // Whoever runs the same meanwhile would begin it anew.
    return this.#database.prepare(this.#sql).iterate(...(parameters as SQLInputValue[]));
  }
}
