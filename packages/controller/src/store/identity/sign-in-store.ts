import type { SignInFailures } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import { atomically, byLocks } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** An attempt that is about to be looked at. */
interface Attempted {
  /** All by which something may be known. */
  readonly keys: readonly string[];
  /** Those of them that it counts by. */
  readonly counted: readonly string[];
  readonly forgottenMs: number;
}

/** How an attempt was counted. */
interface Counted {
  /** Above 0: it is not looked at for so long, and was not counted. */
  readonly waitMs: number;
  /** What was known before it; keys of which nothing was known are not in it. */
  readonly before: ReadonlyMap<string, SignInFailures>;
}

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

  /**
   * Counts an attempt as failed before anybody looks at it, so that of many at once, at whichever controllers, none is let
   * through before it is counted; `takeBack` is for those that were right. Not where `waitMs`, which is told of all `keys`,
   * has the attempt wait: then nothing is counted.
   */
  async count(
    { keys, counted, forgottenMs }: Attempted,
    waitMs: (seen: ReadonlyMap<string, SignInFailures>) => number,
  ): Promise<Counted> {
    return atomically(this.#db, async (tx) => {
      const rows = await tx.selectFrom('sign_in').selectAll().where('key', 'in', keys).execute();
      const before = new Map(
        rows.map(({ key, failures, last_at }) => [key, { failures, lastAtMs: Date.parse(last_at) }]),
      );
      const toWaitMs = waitMs(before);
      if (toWaitMs <= 0 && counted.length > 0) await this.#countAll(tx, counted, forgottenMs);
      return { waitMs: toWaitMs, before };
    });
  }

  /** One more failure of each; what is older than `forgottenMs` does not count. */
  async #countAll(tx: Transaction<Schema>, keys: readonly string[], forgottenMs: number): Promise<void> {
    const now = this.#now();
    const forgotten = new Date(Date.parse(now) - forgottenMs).toISOString();
    await tx
      .insertInto('sign_in')
      .values(keys.map((key) => ({ key, failures: 1, last_at: now })))
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

  /** The attempt did not fail: it does not count, and those before it stand as they stood. */
  async takeBack(counted: readonly string[], before: Counted['before']): Promise<void> {
    await byLocks(this.#db, (tx) => takeBackIn(tx, counted, before));
  }

  /**
   * Somebody came in: the attempt does not count by `counted`, their failures from there are forgotten, and that they came
   * from there is remembered.
   */
  async succeeded(came: {
    readonly counted: readonly string[];
    readonly before: Counted['before'];
    readonly failuresKey: string;
    readonly knownKey: string;
  }): Promise<void> {
    const { counted, before, failuresKey, knownKey } = came;
    await byLocks(this.#db, async (tx) => {
      await takeBackIn(tx, counted, before);
      await tx.deleteFrom('sign_in').where('key', '=', failuresKey).execute();
      const now = this.#now();
      await tx
        .insertInto('sign_in')
        .values({ key: knownKey, failures: 0, last_at: now })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ last_at: now }))
        .execute();
    });
  }

  /** Forgets the oldest failures beyond a number: names that somebody makes up fill no database. */
  async keepNewest(most: number): Promise<void> {
    await this.#db
      .deleteFrom('sign_in')
      .where('failures', '>', 0)
      .where('key', 'not in', (query) =>
        query
          .selectFrom('sign_in')
          .select('key')
          .where('failures', '>', 0)
          .orderBy('last_at', 'desc')
          .orderBy('key')
          .limit(most),
      )
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

async function takeBackIn(
  tx: Transaction<Schema>,
  counted: readonly string[],
  before: Counted['before'],
): Promise<void> {
  for (const key of counted) {
    await tx.deleteFrom('sign_in').where('key', '=', key).where('failures', '=', 1).execute();
    const last = before.get(key)?.lastAtMs;
    await tx
      .updateTable('sign_in')
      .set((set) => ({
        failures: set('failures', '-', 1),
        ...(last === undefined ? {} : { last_at: new Date(last).toISOString() }),
      }))
      .where('key', '=', key)
      .where('failures', '>', 1)
      .execute();
  }
}
