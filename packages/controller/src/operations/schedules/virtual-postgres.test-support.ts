import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { Store } from '../../store/store.ts';

/** Of a database that stands still while the time of a schedule does: whoever asks for the time gets the schedule's. */
const virtualClock = `
  create sequence virtual_ms minvalue 0 start 0;
  create function public.clock_timestamp() returns timestamptz language sql volatile as
    $$ select to_timestamp(last_value / 1000.0) from virtual_ms $$`;

/**
 * A PostgreSQL server on which schedules run, each in a database of its own. Its answers come when they come: the time of
 * a schedule waits for them. What is at work on it at the same time is put into an order by the server, so that the same
 * schedule does not always go the same way.
 */
export class VirtualPostgres implements AsyncDisposable {
  readonly #server: string;
  readonly #admin: Client;
  readonly #template = nameOfDatabase();
  readonly #clocks = new Map<Store, { readonly client: Client; nowMs: number }>();

  private constructor(server: string, admin: Client) {
    this.#server = server;
    this.#admin = admin;
  }

  static async on(server: string): Promise<VirtualPostgres> {
    countWaiting();
    const admin = new Client({ connectionString: server });
    await admin.connect();
    const postgres = new VirtualPostgres(server, admin);
    await postgres.#makeTemplate();
    return postgres;
  }

  /** What is asked of the server and not answered yet. */
  get waiting(): number {
    return waiting;
  }

  /** A new, empty database. */
  async open(): Promise<Store> {
    const name = nameOfDatabase();
    await this.#admin.query(`create database ${name} template ${this.#template}`);
    await this.#seeVirtualTime(name);
    const store = await Store.open(this.#url(name));
    const client = new Client({ connectionString: this.#url(name) });
    await client.connect();
    this.#clocks.set(store, { client, nowMs: 0 });
    return store;
  }

  /** From now on the database says this time, milliseconds since 1970. */
  async setTime(store: Store, nowMs: number): Promise<void> {
    const clock = this.#clocks.get(store);
    if (clock === undefined || clock.nowMs === nowMs) return;
    clock.nowMs = nowMs;
    await clock.client.query('select setval($1, $2)', ['virtual_ms', nowMs]);
  }

  async close(store: Store): Promise<void> {
    const clock = this.#clocks.get(store);
    this.#clocks.delete(store);
    await store.close();
    const database = clock?.client.database;
    await clock?.client.end();
    if (database !== undefined) await this.#admin.query(`drop database ${database} with (force)`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.query(`drop database ${this.#template} with (force)`);
    await this.#admin.end();
  }

  async #makeTemplate(): Promise<void> {
    await this.#admin.query(`create database ${this.#template}`);
    const client = new Client({ connectionString: this.#url(this.#template) });
    await client.connect();
    await client.query(virtualClock);
    await client.end();
    const store = await Store.open(this.#url(this.#template));
    await store.close();
  }

  /** Its own functions come before those of PostgreSQL. */
  async #seeVirtualTime(name: string): Promise<void> {
    await this.#admin.query(`alter database ${name} set search_path = public, pg_catalog`);
  }

  #url(name: string): string {
    const url = new URL(this.#server);
    url.pathname = `/${name}`;
    return url.href;
  }
}

function nameOfDatabase(): string {
  return `ferry_${randomUUID().replaceAll('-', '')}`;
}

let waiting = 0;
let counts = false;

/** From now on every wait of this process for PostgreSQL is counted. */
function countWaiting(): void {
  if (counts) return;
  counts = true;
  for (const [prototype, method] of [
    [Client.prototype, 'query'],
    [Pool.prototype, 'connect'],
    [Pool.prototype, 'end'],
  ] as const) {
    const methods = prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const asked = methods[method];
    if (asked === undefined) throw new Error(`pg has no ${method}`);
    methods[method] = function counted(this: unknown, ...args: unknown[]): unknown {
      const answer = asked.apply(this, args);
      if (answer instanceof Promise) {
        waiting += 1;
        const over = (): void => void (waiting -= 1);
        answer.then(over, over);
      }
      return answer;
    };
  }
}
