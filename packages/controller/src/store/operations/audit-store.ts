import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AuditTable, Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** Who did what to what, from where, and how it ended. Nothing in it is secret. */
export interface NewAudit {
  /** API and what was done there, `compute:servers.os-start`; `ferry:…` by the controller itself. */
  readonly action: string;
  readonly userId: string;
  readonly userName: string;
  /** Of their token; null for one of no project. */
  readonly projectId: string | null;
  /** Where the request came from; `local`: the controller's own socket, or the controller. */
  readonly address: string;
  readonly requestId: string;
  /** What it was done to, as the request names it. */
  readonly target: Readonly<Record<string, string>>;
  readonly result: 'done' | 'refused' | 'failed';
  /** Of HTTP; null where no request was answered. */
  readonly status: number | null;
}

/** One as it is written down. `at` is UTC ISO 8601. */
export interface AuditRecord extends NewAudit {
  readonly sequence: number;
  readonly at: string;
}

/** Which, and from where on: `after` a number oldest first, else newest first, `before` a number where there is one. */
export interface AuditQuery {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Name or id. */
  readonly user?: string | undefined;
  readonly action?: string | undefined;
  /** One of the values of the target. */
  readonly target?: string | undefined;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The audit log. It is added to and, from its old end, forgotten; the database itself refuses changes. */
export class AuditStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async record(record: NewAudit): Promise<void> {
    await this.#db.insertInto('audit').values(writeAudit(record, this.#now())).execute();
  }

  async page(query: AuditQuery): Promise<AuditRecord[]> {
    const { since, until, user, action, target, before, after } = query;
    let rows = this.#db
      .selectFrom('audit')
      .selectAll()
      .orderBy('sequence', after === undefined ? 'desc' : 'asc')
      .limit(query.limit);
    if (since !== undefined) rows = rows.where('at', '>=', since);
    if (until !== undefined) rows = rows.where('at', '<', until);
    if (user !== undefined)
      rows = rows.where((where) => where.or([where('user_id', '=', user), where('user_name', '=', user)]));
    if (action !== undefined) rows = rows.where('action', '=', action);
    if (target !== undefined) {
      // A value of JSON as it is written, with its quotes: no part of another one.
      const value = `%:${JSON.stringify(target).replace(/[\\%_]/g, '\\$&')}%`;
      rows = rows.where(sql<boolean>`target like ${value} escape '\\'`);
    }
    if (before !== undefined) rows = rows.where('sequence', '<', before);
    if (after !== undefined) rows = rows.where('sequence', '>', after);
    return (await rows.execute()).map(readAudit);
  }

  /** Forgets what is from before a time; how much that was. */
  async removeBefore(time: string): Promise<number> {
    const { numDeletedRows } = await this.#db.deleteFrom('audit').where('at', '<', time).executeTakeFirst();
    return Number(numDeletedRows);
  }
}

/** What the controller itself did or found; `requestId` of the request that it goes back to, where there was one. */
export function ownAudit(told: {
  readonly action: string;
  readonly target: NewAudit['target'];
  readonly result: NewAudit['result'];
  readonly requestId?: string;
}): NewAudit {
  const { action, target, result, requestId = '' } = told;
  return {
    action,
    userId: 'ferry',
    userName: 'ferry',
    projectId: null,
    address: 'local',
    requestId,
    target,
    result,
    status: null,
  };
}

/** Writes one down in the transaction of what it tells of. */
export async function insertAudit(tx: Transaction<Schema>, record: NewAudit, at: string): Promise<void> {
  await tx.insertInto('audit').values(writeAudit(record, at)).execute();
}

function writeAudit(record: NewAudit, at: string): Insertable<AuditTable> {
  return {
    at,
    action: record.action,
    user_id: record.userId,
    user_name: record.userName,
    project_id: record.projectId,
    address: record.address,
    request_id: record.requestId,
    target: JSON.stringify(record.target),
    result: record.result,
    status: record.status,
  };
}

function readAudit(row: Selectable<AuditTable>): AuditRecord {
  return {
    sequence: row.sequence,
    at: row.at,
    action: row.action,
    userId: row.user_id,
    userName: row.user_name,
    projectId: row.project_id,
    address: row.address,
    requestId: row.request_id,
    target: JSON.parse(row.target) as Record<string, string>,
    result: row.result as NewAudit['result'],
    status: row.status,
  };
}
