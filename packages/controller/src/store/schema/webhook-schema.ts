import type { Generated } from 'kysely';
import type { Json } from '../database/column-types.ts';

/** An address that is told what happens. */
export interface WebhookTable {
  id: string;
  name: string;
  url: string;
  kinds: Json;
  /** What it is signed with, sealed. */
  secret: string;
  created_at: string;
  created_by: string;
  /** The last event that is settled: told, given up, or not for it. */
  sequence: number;
  failures: number;
  reason: string | null;
  next_attempt_ms: number;
}

/** Attempts to tell, the last ones of each. */
interface WebhookDeliveryTable {
  number: Generated<number>;
  webhook_id: string;
  delivery: Json;
}

export interface WebhookSchema {
  webhook: WebhookTable;
  webhook_delivery: WebhookDeliveryTable;
}
