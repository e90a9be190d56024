import { Client } from 'pg';

/** Longest wait for the answer to one query: more than any takes here, waits for locks included (`open-database.ts`). */
const queryMs = 10_000;

/** The database was asked and has not answered in time; whether it did what it was asked for is not known. */
class DatabaseSilent extends Error {
  override readonly name = 'DatabaseSilent';
  readonly code = 'database-silent';

  constructor(waitedMs: number) {
    super(`the database has not answered within ${waitedMs} ms: the connection to it is given up`);
  }
}

/**
 * A connection to PostgreSQL that is given up when a query gets no answer: a server that is gone without a word (its
 * machine is off, its link cut) would be waited for as long as TCP does. Whoever asks next gets a new connection.
 */
export class ImpatientClient extends Client {
  override readonly query: Client['query'];

  constructor(...args: ConstructorParameters<typeof Client>) {
    super(...args);
    const ask = Client.prototype.query.bind(this) as (...query: unknown[]) => unknown;
    this.query = ((...query: unknown[]): unknown => {
      const asked = ask(...query);
      if (asked instanceof Promise) this.#await(asked);
      return asked;
    }) as Client['query'];
  }

  #await(answer: Promise<unknown>): void {
    const timer = setTimeout(() => this.connection.stream.destroy(new DatabaseSilent(queryMs)), queryMs);
    const end = (): void => clearTimeout(timer);
    answer.then(end, end);
  }
}
