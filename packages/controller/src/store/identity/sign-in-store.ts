import type { SignInFailures } from '@ferry/model';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import type { Now } from '../store.ts';

/**
 * Failed attempts to sign in by whatever they are counted by, and when somebody last signed in from where. All
 * controllers count together.
 */
export class SignInStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  /** What is known by each key; keys of which nothing is known are not in it. */
  async of(keys: readonly string[]): Promise<Map<string, SignInFailures>> {
    const rows = await this.#db.selectFrom('sign_in').selectAll().where('key', 'in', keys).execute();
    return new Map(
      rows.map(({ key, failures, last_at }) => [key, { failures, lastAtMs: Date.parse(last_at) }]),
    );
  }

  /** One more failure by each key; what is older than `forgottenMs` does not count. */
  async failed(keys: readonly string[], forgottenMs: number): Promise<void> {
    const now = this.#now();
    const forgotten = new Date(Date.parse(now) - forgottenMs).toISOString();
    for (const key of keys) {
      await this.#db
        .insertInto('sign_in')
        .values({ key, failures: 1, last_at: now })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet((set) => ({
            failures: set
              .case()
              .when('sign_in.last_at', '<', forgotten)
              .then(1)
              .else(set('sign_in.failures', '+', 1))
              .end(),
            last_at: now,
          })),
        )
        .execute();
    }
  }

  /** Somebody came in: their failures from there are forgotten, and that they came from there is remembered. */
  async succeeded(failuresKey: string, knownKey: string): Promise<void> {
    await this.#db.deleteFrom('sign_in').where('key', '=', failuresKey).execute();
    const now = this.#now();
    await this.#db
      .insertInto('sign_in')
      .values({ key: knownKey, failures: 0, last_at: now })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ last_at: now }))
      .execute();
  }

  /** Forgets failures and known addresses from before two times. */
  async removeOlder(than: { readonly failures: string; readonly known: string }): Promise<void> {
    await this.#db
      .deleteFrom('sign_in')
      .where('failures', '>', 0)
      .where('last_at', '<', than.failures)
      .execute();
    await this.#db
      .deleteFrom('sign_in')
      .where('failures', '=', 0)
      .where('last_at', '<', than.known)
      .execute();
  }
}
