import { Client, type QueryConfig } from 'pg';
import { sqlStateOf } from './atomically.ts';

/** Longest wait for the answer to one query: more than any takes here, waits for locks included (`open-database.ts`). */
const queryMs = 10_000;
/** SQLSTATE feature_not_supported; also of a statement that was kept ready and would have other columns by now. */
const notSupported = '0A000';
/** invalid_sql_statement_name and duplicate_prepared_statement: of a pooler that knows nothing of names. */
const notThere: ReadonlySet<string> = new Set(['26000', '42P05']);

/** The database was asked and has not answered in time; whether it did what it was asked for is not known. */
class DatabaseSilent extends Error {
  override readonly name = 'DatabaseSilent';
  readonly code = 'database-silent';

  constructor(waitedMs: number) {
    super(`the database has not answered within ${waitedMs} ms: the connection to it is given up`);
  }
}

type Ask = (...query: unknown[]) => unknown;

/**
 * A connection to PostgreSQL that is given up when a query gets no answer: a server that is gone without a word (its
 * machine is off, its link cut) would be waited for as long as TCP does. Whoever asks next gets a new connection. What is
 * asked again and again it keeps ready at the server, which else plans each anew.
 */
export class ImpatientClient extends Client {
  override readonly query: Client['query'];
  #inTransaction = false;

  constructor(...args: ConstructorParameters<typeof Client>) {
    super(...args);
    const ask = Client.prototype.query.bind(this) as Ask;
    this.query = ((...query: unknown[]): unknown => {
      const asked = this.#ask(ask, query);
      if (asked instanceof Promise) this.#await(asked);
      return asked;
    }) as Client['query'];
  }

  #ask(ask: Ask, query: unknown[]): unknown {
    const [text, values] = query;
    if (typeof text !== 'string' || query.length > 2) return ask(...query);
    if (/^(?:begin|start)\b/.test(text)) this.#inTransaction = true;
    else if (/^(?:commit|rollback$)/.test(text)) this.#inTransaction = false;
    // One that fails for what has become of its columns would take its transaction with it.
    const name = this.#inTransaction ? null : nameOfStatement(text);
    if (name === null) return ask(...query);
    const named: QueryConfig = { name, text, values: (values ?? []) as unknown[] };
    return (ask(named) as Promise<unknown>).catch((error: unknown) => {
      const state = sqlStateOf(error);
      if (state === notSupported) forgetStatements();
      else if (state !== null && notThere.has(state)) nameNoStatements();
      else throw error;
      return ask(...query);
    });
  }

  #await(answer: Promise<unknown>): void {
    const timer = setTimeout(() => this.connection.stream.destroy(new DatabaseSilent(queryMs)), queryMs);
    const end = (): void => clearTimeout(timer);
    answer.then(end, end);
  }
}

/** Statements that are kept ready on each connection: the server holds a plan of some ten kilobytes for each. */
const maxNamed = 100;
/** So often a statement comes before it is worth it. */
const worthAt = 3;
/** Texts that are counted; lists of values of any length make up any number of them. */
const maxCounted = 1000;

const names = new Map<string, string>();
const counts = new Map<string, number>();
let generation = 0;
let isOff = false;

/** The name by which a statement is kept ready; null for one that changes something, or is not asked for often. */
export function nameOfStatement(text: string): string | null {
  if (isOff) return null;
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= maxNamed || !text.startsWith('select')) return null;
  const count = (counts.get(text) ?? 0) + 1;
  if (count < worthAt) {
    if (counts.size >= maxCounted) counts.clear();
    counts.set(text, count);
    return null;
  }
  counts.delete(text);
  const name = `ferry_${generation}_${names.size}`;
  names.set(text, name);
  return name;
}

/** What was kept ready is so under other names from now on: the tables have changed. */
export function forgetStatements(): void {
  generation += 1;
  names.clear();
  counts.clear();
}

/** Names do not hold here: what is between Ferry and the server hands its connections around. */
function nameNoStatements(): void {
  isOff = true;
}
