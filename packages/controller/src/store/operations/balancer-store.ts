import type { Balancer, BalancerSettings, BalancerTurn } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { alone, byLocks } from '../database/atomically.ts';
import type { BalancerTable } from '../schema/fleet-schema.ts';
import type { Schema } from '../schema/schema.ts';

/** What evens out loads by itself. */
export class BalancerStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** By name. */
  async list(): Promise<Balancer[]> {
    const rows = await this.#db.selectFrom('balancer').selectAll().orderBy('name').execute();
    return rows.map(readBalancer);
  }

  /** Sets it in place of what it said before; its turn is at once. What came of its last one is kept. */
  async set(
    name: string,
    settings: BalancerSettings,
    now: string,
    most: number,
  ): Promise<'set' | 'too-many'> {
    return byLocks(this.#db, async (tx) => {
      await alone(tx, 'balancer');
      const there = await tx.selectFrom('balancer').select(['name', 'revision']).execute();
      const before = there.find((one) => one.name === name);
      if (before === undefined && there.length >= most) return 'too-many';
      const row = { settings: JSON.stringify(settings), due_at: now, revision: (before?.revision ?? 0) + 1 };
      await tx
        .insertInto('balancer')
        .values({ name, last: null, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
      return 'set';
    });
  }

  /** Takes the turn of one: false where another controller has, or its settings were changed. */
  async take({ name, revision }: Balancer, dueAt: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('balancer')
      .set({ due_at: dueAt, revision: revision + 1 })
      .where('name', '=', name)
      .where('revision', '=', revision)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Writes down what came of a turn. */
  async ended(name: string, turn: BalancerTurn): Promise<void> {
    await this.#db
      .updateTable('balancer')
      .set({ last: JSON.stringify(turn) })
      .where('name', '=', name)
      .execute();
  }

  /** None of that name is fine. */
  async remove(name: string): Promise<void> {
    await this.#db.deleteFrom('balancer').where('name', '=', name).execute();
  }
}

function readBalancer(row: Selectable<BalancerTable>): Balancer {
  return {
    name: row.name,
    settings: JSON.parse(row.settings) as BalancerSettings,
    last: row.last === null ? null : (JSON.parse(row.last) as BalancerTurn),
    dueAt: row.due_at,
    revision: row.revision,
  };
}
