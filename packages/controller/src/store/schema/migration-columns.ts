import type { Migration } from '@ferry/model';
import type { Generated } from 'kysely';
import type { Flag, Json } from '../database/column-types.ts';
import type { NounColumns, TableOf } from './noun-columns.ts';

/** What is kept of a migration. A field that is new is a line here, and a step of the schema. */
export const migrationColumns = {
  id: ['id', 'text'],
  kind: ['kind', 'text'],
  instanceId: ['instance_id', 'text'],
  instanceName: ['instance_name', 'text'],
  sourceHostId: ['source_host_id', 'text'],
  sourceHost: ['source_host', 'text'],
  targetHostId: ['target_host_id', 'text'],
  targetHost: ['target_host', 'text'],
  status: ['status', 'text'],
  phase: ['phase', 'text'],
  plan: ['plan', 'json?'],
  copies: ['copies', 'json'],
  // What is empty at first and filled by the hypervisor; null in versions before 0040.
  made: ['made', 'json?'],
  kept: ['kept', 'json'],
  findings: ['findings', 'json'],
  // Of versions before there was `migration_progress`.
  progress: ['progress', 'json?'],
  result: ['result', 'json?'],
  error: ['error', 'json?'],
  abortRequested: ['abort_requested', 'flag'],
  // The source is kept until a person decides.
  held: ['held', 'flag'],
  resize: ['resize', 'json?'],
  rehearsal: ['rehearsal', 'json?'],
  createdAt: ['created_at', 'text'],
  updatedAt: ['updated_at', 'text'],
  finishedAt: ['finished_at', 'text?'],
} as const satisfies NounColumns<Migration>;

/** The table: the noun's columns, and those that only the store knows. */
export interface MigrationTable extends TableOf<typeof migrationColumns> {
  /** Order of creation: two migrations of one millisecond keep it. */
  sequence: Generated<number>;
  /** Somebody wants it to come to its end now, whatever it costs the guest. */
  force_requested: Generated<Flag>;
  /** How its live transfer converges, and what was decided on that. */
  control: Generated<Json | null>;
  /** What operators have changed of its live transfer. */
  orders: Generated<Json | null>;
  /** Where its live transfer stands; null: none has begun. */
  transfer: Generated<Json | null>;
}
