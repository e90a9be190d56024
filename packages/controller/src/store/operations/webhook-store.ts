import type { Webhook, WebhookDelivery } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { alone, byLocks } from '../database/atomically.ts';
import { databaseNowMs } from '../database/clock.ts';
import { openSealed, seal } from '../database/sealed-text.ts';
import type { Schema } from '../schema/schema.ts';
import type { WebhookTable } from '../schema/fleet-schema.ts';

/** Of each webhook so many attempts are kept. */
const keptDeliveries = 100;

/** Webhooks, and what came of telling them. What is settled is written only on what its writer has read. */
export class WebhookStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Takes one in, unless its name is another's or there are as many as may be. */
  async add(webhook: Webhook, secret: string, most: number): Promise<'added' | 'taken' | 'too-many'> {
    return byLocks(this.#db, async (tx) => {
      await alone(tx, 'webhook');
      const names = await tx.selectFrom('webhook').select('name').execute();
      if (names.some(({ name }) => name === webhook.name)) return 'taken';
      if (names.length >= most) return 'too-many';
      await tx
        .insertInto('webhook')
        .values({
          id: webhook.id,
          name: webhook.name,
          url: webhook.url,
          kinds: JSON.stringify(webhook.kinds),
          secret: seal(tx, 'webhook.secret', webhook.id, secret),
          created_at: webhook.createdAt,
          created_by: webhook.createdBy,
          sequence: webhook.sequence,
          failures: webhook.failures,
          reason: webhook.reason,
          next_attempt_ms: webhook.nextAttemptMs,
        })
        .execute();
      return 'added';
    });
  }

  /** By name. */
  async list(): Promise<Webhook[]> {
    const rows = await this.#db.selectFrom('webhook').selectAll().orderBy('name').execute();
    return rows.map(readWebhook);
  }

  async byId(id: string): Promise<Webhook | null> {
    const row = await this.#db.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : readWebhook(row);
  }

  /** Those that events up to a number are to be told, and that may be told now. */
  async due(last: number): Promise<Webhook[]> {
    const rows = await this.#db
      .selectFrom('webhook')
      .selectAll()
      .where('sequence', '<', last)
      .where('next_attempt_ms', '<=', databaseNowMs(this.#db))
      .orderBy('id')
      .execute();
    return rows.map(readWebhook);
  }

  /** What it is signed with; null: it is gone. */
  async secretOf(id: string): Promise<string | null> {
    const row = await this.#db.selectFrom('webhook').select('secret').where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : openSealed(this.#db, 'webhook.secret', id, row.secret);
  }

  /** All up to an event is settled; false: it is gone, or another controller was there before. */
  async settle({ id, sequence }: Pick<Webhook, 'id' | 'sequence'>, upTo: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('webhook')
      .set({ sequence: upTo, failures: 0, reason: null, next_attempt_ms: 0 })
      .where('id', '=', id)
      .where('sequence', '=', sequence)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** It could not be told, and is told again after a pause. */
  async fail(
    { id, sequence }: Pick<Webhook, 'id' | 'sequence'>,
    {
      failures,
      reason,
      pauseMs,
    }: { readonly failures: number; readonly reason: string; readonly pauseMs: number },
  ): Promise<void> {
    await this.#db
      .updateTable('webhook')
      .set((set) => ({ failures, reason, next_attempt_ms: set(databaseNowMs(this.#db), '+', pauseMs) }))
      .where('id', '=', id)
      .where('sequence', '=', sequence)
      .execute();
  }

  /** Writes an attempt down, in place of the oldest one that is kept. */
  async record(id: string, delivery: WebhookDelivery): Promise<void> {
    await this.#db
      .insertInto('webhook_delivery')
      .values({ webhook_id: id, delivery: JSON.stringify(delivery) })
      .execute();
    const oldest = await this.#db
      .selectFrom('webhook_delivery')
      .select('number')
      .where('webhook_id', '=', id)
      .orderBy('number', 'desc')
      .offset(keptDeliveries)
      .limit(1)
      .executeTakeFirst();
    if (oldest === undefined) return;
    await this.#db
      .deleteFrom('webhook_delivery')
      .where('webhook_id', '=', id)
      .where('number', '<=', oldest.number)
      .execute();
  }

  /** The last attempts, newest first. */
  async deliveries(id: string): Promise<WebhookDelivery[]> {
    const rows = await this.#db
      .selectFrom('webhook_delivery')
      .select('delivery')
      .where('webhook_id', '=', id)
      .orderBy('number', 'desc')
      .limit(keptDeliveries)
      .execute();
    return rows.map(({ delivery }) => JSON.parse(delivery) as WebhookDelivery);
  }

  async remove(id: string): Promise<void> {
    await byLocks(this.#db, async (tx) => {
      await tx.deleteFrom('webhook').where('id', '=', id).execute();
      await tx.deleteFrom('webhook_delivery').where('webhook_id', '=', id).execute();
    });
  }
}

function readWebhook(row: Selectable<WebhookTable>): Webhook {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    kinds: JSON.parse(row.kinds) as string[],
    createdAt: row.created_at,
    createdBy: row.created_by,
    sequence: row.sequence,
    failures: row.failures,
    reason: row.reason,
    nextAttemptMs: row.next_attempt_ms,
  };
}
