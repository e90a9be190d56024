import { type CertificateOfHost, certificatesOfHosts } from './hosts/doctor-store.ts';
import type { HostFacts } from '@ferry/model';
import { type Kysely, sql } from 'kysely';
import { databaseNowMs } from './database/clock.ts';
import type { Schema } from './schema/schema.ts';

/** One host as those see it who watch the fleet. */
export interface ObservedHost {
  readonly name: string;
  readonly isUp: boolean;
  readonly takes: 'enabled' | 'disabled' | 'maintenance';
  /** UTC ISO 8601; null: it never answered. */
  readonly lastSeenAt: string | null;
  readonly memoryBytes: number | null;
  readonly memoryAvailableBytes: number | null;
}

/** How much there is of everything, without a name but those of hosts. */
export interface ObservedState {
  /** Those that are not over. */
  readonly migrations: readonly {
    readonly kind: string;
    readonly status: string;
    readonly count: number;
    /** When the oldest of them was accepted, UTC ISO 8601. */
    readonly oldestAt: string;
  }[];
  /** Null: nothing of all this is known. */
  readonly claimedMemoryBytes: number | null;
  readonly instances: readonly {
    readonly vmState: string;
    readonly count: number;
    readonly faults: number;
  }[];
  readonly hosts: readonly ObservedHost[];
  readonly plans: readonly { readonly status: string; readonly count: number }[];
  /** Of plans that are carried out. */
  readonly planSteps: readonly { readonly status: string; readonly count: number }[];
  /** Whose last attempt failed. */
  readonly failingWebhooks: number;
  /** Of hosts, as the doctor found them last. */
  readonly certificates: readonly Pick<CertificateOfHost, 'host' | 'use' | 'notAfter'>[];
  readonly operations: readonly {
    readonly workflow: string;
    readonly count: number;
    readonly free: number;
  }[];
}

type Count = number | string;

/** Reads how much there is of everything: a few statements, none of which reads what is over. */
export class ObservedStateStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async read(): Promise<ObservedState> {
    return {
      migrations: await this.#migrations(),
      claimedMemoryBytes: await this.#claimed(),
      instances: await this.#instances(),
      hosts: await this.#hosts(),
      plans: await this.#plans(),
      planSteps: await this.#planSteps(),
      operations: await this.#operations(),
      failingWebhooks: await this.#failingWebhooks(),
      certificates: await certificatesOfHosts(this.#db),
    };
  }

  async #migrations(): Promise<ObservedState['migrations']> {
    const rows = await this.#db
      .selectFrom('migration')
      .select((select) => [
        'kind',
        'status',
        select.fn.countAll<Count>().as('count'),
        select.fn.min('created_at').as('oldest'),
      ])
      .where('finished_at', 'is', null)
      .groupBy(['kind', 'status'])
      .execute();
    return rows.map(({ kind, status, count, oldest }) => ({
      kind,
      status,
      count: Number(count),
      oldestAt: oldest,
    }));
  }

  async #claimed(): Promise<number> {
    const moves = await this.#db
      .selectFrom('claim')
      .select((select) => select.fn.sum<Count | null>('memory_bytes').as('sum'))
      .executeTakeFirst();
    const creations = await this.#db
      .selectFrom('creation_claim')
      .innerJoin('instance', 'instance.id', 'creation_claim.instance_id')
      .select((select) => select.fn.sum<Count | null>('instance.memory_bytes').as('sum'))
      .executeTakeFirst();
    return Number(moves?.sum ?? 0) + Number(creations?.sum ?? 0);
  }

  async #instances(): Promise<ObservedState['instances']> {
    const rows = await this.#db
      .selectFrom('instance')
      .select((select) => [
        'vm_state',
        select.fn.countAll<Count>().as('count'),
        select.fn.count<Count>('fault').as('faults'),
      ])
      .where('deleted_at', 'is', null)
      .groupBy('vm_state')
      .execute();
    return rows.map((row) => ({
      vmState: row.vm_state,
      count: Number(row.count),
      faults: Number(row.faults),
    }));
  }

  async #hosts(): Promise<ObservedHost[]> {
    const rows = await this.#db
      .selectFrom('host')
      .select(['name', 'state', 'status', 'maintenance', 'last_seen_at', 'facts'])
      .where('removed_at', 'is', null)
      .orderBy('name')
      .execute();
    return rows.map(({ name, state, status, maintenance, last_seen_at: lastSeenAt, facts }) => {
      const { memoryBytes = null, memoryAvailableBytes = null } =
        facts === null ? {} : (JSON.parse(facts) as Partial<HostFacts>);
      return {
        name,
        isUp: state === 'up',
        takes: maintenance !== null ? 'maintenance' : status === 'enabled' ? 'enabled' : 'disabled',
        lastSeenAt,
        memoryBytes,
        memoryAvailableBytes,
      };
    });
  }

  async #plans(): Promise<ObservedState['plans']> {
    const rows = await this.#db
      .selectFrom('plan')
      .select((select) => ['status', select.fn.countAll<Count>().as('count')])
      .groupBy('status')
      .execute();
    return rows.map(({ status, count }) => ({ status, count: Number(count) }));
  }

  async #planSteps(): Promise<ObservedState['planSteps']> {
    const rows = await this.#db
      .selectFrom('plan_step')
      .innerJoin('plan', 'plan.id', 'plan_step.plan_id')
      .select((select) => ['plan_step.status', select.fn.countAll<Count>().as('count')])
      .where('plan.status', 'in', ['running', 'paused', 'cancelling'])
      .groupBy('plan_step.status')
      .execute();
    return rows.map(({ status, count }) => ({ status, count: Number(count) }));
  }

  async #failingWebhooks(): Promise<number> {
    const row = await this.#db
      .selectFrom('webhook')
      .select((select) => select.fn.countAll<Count>().as('count'))
      .where('failures', '>', 0)
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async #operations(): Promise<ObservedState['operations']> {
    const isFree = sql<Count>`sum(case when controller_id is null or lease_until < ${databaseNowMs(this.#db)} then 1 else 0 end)`;
    const rows = await this.#db
      .selectFrom('operation')
      .select((select) => ['workflow', select.fn.countAll<Count>().as('count'), isFree.as('free')])
      .where('state', '=', 'open')
      .groupBy('workflow')
      .execute();
    return rows.map(({ workflow, count, free }) => ({ workflow, count: Number(count), free: Number(free) }));
  }
}
