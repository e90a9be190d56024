import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** What administrators let projects have at most, by the names of Nova's and Cinder's quotas; -1: as much as they like. */
export type SaidQuotas = Readonly<Partial<Record<string, number>>>;

/** Stands for all projects of which nothing is said: Nova's and Cinder's class of that name. */
export const defaultClass = 'default';

/** Quotas that administrators have said, project by project. */
export class QuotaStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** What is said of a project, and beneath it of the default class. */
  async of(projectId: string | null): Promise<SaidQuotas> {
    const rows = await this.#db
      .selectFrom('quota')
      .selectAll()
      .where('project_id', 'in', [defaultClass, projectId ?? defaultClass])
      .execute();
    const [ofAll, own] = [defaultClass, projectId].map((whose) =>
      rows.filter((row) => row.project_id === whose).map(({ name, most }) => [name, most] as const),
    );
    return Object.fromEntries([...(ofAll ?? []), ...(own ?? [])]) as SaidQuotas;
  }

  /** Says some of a project's quotas; the others stay. */
  async say(projectId: string, quotas: Readonly<Record<string, number>>): Promise<void> {
    const rows = Object.entries(quotas).map(([name, most]) => ({ project_id: projectId, name, most }));
    if (rows.length === 0) return;
    await this.#db
      .insertInto('quota')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['project_id', 'name']).doUpdateSet((row) => ({ most: row.ref('excluded.most') })),
      )
      .execute();
  }

  /** Nothing is said of these of a project any more. */
  async forget(projectId: string, names: readonly string[]): Promise<void> {
    await this.#db
      .deleteFrom('quota')
      .where('project_id', '=', projectId)
      .where('name', 'in', names)
      .execute();
  }
}
