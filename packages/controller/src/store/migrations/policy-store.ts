import type { MovePolicy, PolicyScope, PolicyValues } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { alone, byLocks } from '../database/atomically.ts';
import type { PolicyTable, Schema } from '../schema/schema.ts';

/** How setting a policy ended: another one is for that subject already, or there are as many as may be. */
export type PolicySet = 'set' | { readonly taken: string } | 'too-many';

/** Policies of moves. */
export class PolicyStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** By name. */
  async list(): Promise<MovePolicy[]> {
    const rows = await this.#db.selectFrom('policy').selectAll().orderBy('name').execute();
    return rows.map(readPolicy);
  }

  /** Sets it in place of what it said before. */
  async set(policy: MovePolicy, most: number): Promise<PolicySet> {
    return byLocks(this.#db, async (tx) => {
      await alone(tx, 'policy');
      const others = await tx.selectFrom('policy').selectAll().where('name', '!=', policy.name).execute();
      const same = others.find(
        ({ scope, subject }) => scope !== 'by-name' && scope === policy.scope && subject === policy.subject,
      );
      if (same !== undefined) return { taken: same.name };
      if (others.length >= most) return 'too-many';
      const { name, ...row } = writePolicy(policy);
      await tx
        .insertInto('policy')
        .values({ name, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
      return 'set';
    });
  }

  /** None of that name is fine. */
  async remove(name: string): Promise<void> {
    await this.#db.deleteFrom('policy').where('name', '=', name).execute();
  }
}

function readPolicy(row: Selectable<PolicyTable>): MovePolicy {
  return {
    name: row.name,
    scope: row.scope as PolicyScope,
    subject: row.subject,
    description: row.description,
    values: JSON.parse(row.said) as Partial<PolicyValues>,
    updatedAt: row.updated_at,
  };
}

function writePolicy(policy: MovePolicy): PolicyTable {
  return {
    name: policy.name,
    scope: policy.scope,
    subject: policy.subject,
    description: policy.description,
    said: JSON.stringify(policy.values),
    updated_at: policy.updatedAt,
  };
}
