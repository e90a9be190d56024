import { isActive, type PlanRecord, type StepRecord } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import { alone } from '../database/atomically.ts';
import type { Session } from '../database/session.ts';
import type { PageBounds, StoredPage } from '../list-pages.ts';
import type { Schema } from '../schema/schema.ts';
import { readPlan, readStep, writePlan, writeStep } from './plan-row.ts';

/** Which plans, newest first. Undefined: no matter. */
export interface PlanQuery {
  readonly status?: string | undefined;
  /** Whether something is still to be done for it. */
  readonly open?: boolean | undefined;
}

/** What becomes of a plan and of some of its steps, at once. */
export interface PlanChange {
  readonly plan: Partial<Pick<PlanRecord, 'state' | 'outline' | 'course' | 'finishedAt'>>;
  /** Steps as they are now: those that are there are changed, others are new. */
  readonly steps?: readonly StepRecord[];
  /** Told to whoever follows events; none: nothing that is of use to them. */
  readonly message?: string;
}

/** A plan with those of its steps that are not over. */
export interface OpenPlan {
  readonly plan: PlanRecord;
  readonly steps: readonly StepRecord[];
}

const activeStatuses = ['running', 'paused', 'cancelling'] as const;
const openSteps = ['waiting', 'held', 'running'] as const;
/** Rows of one statement: each has ten values, and SQLite takes some 32,000. */
const atOnce = 500;

/** Plans for the fleet. A change is written only on what its writer has read: two controllers, or a person, cannot cross. */
export class PlanStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
  }

  /** Takes a plan in, unless there are as many as may be. */
  async add(plan: PlanRecord, steps: readonly StepRecord[], most: number): Promise<'added' | 'too-many'> {
    return this.#session.write(async ({ tx, tell }) => {
      await alone(tx, 'plan');
      const { count } = await tx
        .selectFrom('plan')
        .select((select) => select.fn.countAll<number | string>().as('count'))
        .executeTakeFirstOrThrow();
      if (Number(count) >= most) return 'too-many';
      await tx.insertInto('plan').values(writePlan(plan)).execute();
      await writeSteps(tx, plan.id, steps);
      await tell({ kind: 'plan.updated', subjectId: plan.id, message: `made by ${plan.createdBy}` });
      return 'added';
    });
  }

  async byId(id: string): Promise<PlanRecord | null> {
    const row = await this.#db.selectFrom('plan').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : readPlan(row);
  }

  /** All of them, by number. */
  async steps(planId: string): Promise<StepRecord[]> {
    const rows = await this.#db
      .selectFrom('plan_step')
      .selectAll()
      .where('plan_id', '=', planId)
      .orderBy('number')
      .execute();
    return rows.map(readStep);
  }

  async step(planId: string, number: number): Promise<StepRecord | null> {
    const row = await this.#db
      .selectFrom('plan_step')
      .selectAll()
      .where('plan_id', '=', planId)
      .where('number', '=', number)
      .executeTakeFirst();
    return row === undefined ? null : readStep(row);
  }

  /** A page of the list, without steps. */
  async page(
    { status, open }: PlanQuery,
    { marker, limit }: PageBounds,
  ): Promise<StoredPage<PlanRecord> | 'no-marker'> {
    let rows = this.#db.selectFrom('plan').selectAll();
    if (status !== undefined) rows = rows.where('status', '=', status);
    if (open !== undefined) rows = rows.where('finished_at', open ? 'is' : 'is not', null);
    if (marker !== null) {
      const last = await this.#db
        .selectFrom('plan')
        .select('sequence')
        .where('id', '=', marker)
        .executeTakeFirst();
      if (last === undefined) return 'no-marker';
      rows = rows.where('sequence', '<', last.sequence);
    }
    const found = await rows
      .orderBy('sequence', 'desc')
      .limit(limit + 1)
      .execute();
    return { entries: found.slice(0, limit).map(readPlan), more: found.length > limit };
  }

  /** How many steps of each state, by plan. */
  async counts(planIds: readonly string[]): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
    if (planIds.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('plan_step')
      .select((select) => ['plan_id', 'status', select.fn.countAll<number | string>().as('count')])
      .where('plan_id', 'in', planIds)
      .groupBy(['plan_id', 'status'])
      .execute();
    const counts = new Map<string, Record<string, number>>();
    for (const { plan_id: id, status, count } of rows)
      counts.set(id, { ...counts.get(id), [status]: Number(count) });
    return counts;
  }

  /** Ids of those for which something is still to be done, oldest first; also of those whose moves are rehearsed. */
  async active(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('plan')
      .select('id')
      .where('status', 'in', [...activeStatuses, 'rehearsing'])
      .orderBy('sequence')
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Writes a change of what was read; false: it has changed since, and nothing is written. */
  async change(read: Pick<PlanRecord, 'id' | 'revision'>, change: PlanChange): Promise<boolean> {
    return this.#session.write(async ({ tx, tell }) => {
      if (!(await write(tx, read, change, this.#session.now()))) return false;
      if (change.message !== undefined)
        await tell({ kind: 'plan.updated', subjectId: read.id, message: change.message });
      return true;
    });
  }

  /**
   * The same for one that is to be carried out from now on. `whyNot` is shown all that are carried out already, and no other
   * is begun meanwhile: what it says refuses.
   */
  async apply(
    read: Pick<PlanRecord, 'id' | 'revision'>,
    change: PlanChange,
    whyNot: (others: readonly OpenPlan[]) => string | null,
  ): Promise<'applied' | 'changed' | { readonly refused: string }> {
    return this.#session.write(async ({ tx, tell }) => {
      await alone(tx, 'plan');
      const refused = whyNot((await openPlans(tx)).filter(({ plan }) => plan.id !== read.id));
      if (refused !== null) return { refused };
      if (!(await write(tx, read, change, this.#session.now()))) return 'changed';
      await tell({ kind: 'plan.updated', subjectId: read.id, message: change.message ?? 'applied' });
      return 'applied';
    });
  }

  /** Forgets plans that ended before a time, with their steps; how many. One that was made and not carried out stays. */
  async removeFinished(before: string): Promise<number> {
    return this.#session.write(async ({ tx }) => {
      await alone(tx, 'plan');
      const ended = tx.selectFrom('plan').select('id').where('finished_at', '<', before);
      await tx.deleteFrom('plan_step').where('plan_id', 'in', ended).execute();
      const { numDeletedRows } = await tx
        .deleteFrom('plan')
        .where('finished_at', '<', before)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }

  /** Forgets a plan for which nothing is to be done; false: something is, or it is gone. */
  async remove(id: string): Promise<boolean> {
    return this.#session.write(async ({ tx, tell }) => {
      await alone(tx, 'plan');
      const row = await tx.selectFrom('plan').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined || row.status === 'rehearsing' || isActive(readPlan(row).state)) return false;
      await tx.deleteFrom('plan_step').where('plan_id', '=', id).execute();
      await tx.deleteFrom('plan').where('id', '=', id).execute();
      await tell({ kind: 'plan.updated', subjectId: id, message: 'deleted' });
      return true;
    });
  }
}

async function write(
  tx: Transaction<Schema>,
  { id, revision }: Pick<PlanRecord, 'id' | 'revision'>,
  { plan, steps = [] }: PlanChange,
  at: string,
): Promise<boolean> {
  const { state, outline, course, finishedAt } = plan;
  const { numUpdatedRows } = await tx
    .updateTable('plan')
    .set({
      revision: revision + 1,
      updated_at: at,
      ...(state === undefined ? {} : { status: state.kind, state: JSON.stringify(state) }),
      ...(outline === undefined ? {} : { outline: JSON.stringify(outline) }),
      ...(course === undefined ? {} : { course: JSON.stringify(course) }),
      ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await writeSteps(tx, id, steps);
  return true;
}

async function writeSteps(
  tx: Transaction<Schema>,
  planId: string,
  steps: readonly StepRecord[],
): Promise<void> {
  for (let next = 0; next < steps.length; next += atOnce)
    await tx
      .insertInto('plan_step')
      .values(steps.slice(next, next + atOnce).map((step) => writeStep(planId, step)))
      .onConflict((conflict) =>
        conflict.columns(['plan_id', 'number']).doUpdateSet((row) => ({
          after: row.ref('excluded.after'),
          status: row.ref('excluded.status'),
          state: row.ref('excluded.state'),
          migration_id: row.ref('excluded.migration_id'),
        })),
      )
      .execute();
}

async function openPlans(tx: Transaction<Schema>): Promise<OpenPlan[]> {
  const plans = await tx.selectFrom('plan').selectAll().where('status', 'in', activeStatuses).execute();
  const found: OpenPlan[] = [];
  for (const row of plans) {
    const steps = await tx
      .selectFrom('plan_step')
      .selectAll()
      .where('plan_id', '=', row.id)
      .where('status', 'in', openSteps)
      .execute();
    found.push({ plan: readPlan(row), steps: steps.map(readStep) });
  }
  return found;
}
