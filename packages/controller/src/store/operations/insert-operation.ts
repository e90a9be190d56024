import type { Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import { seal } from '../database/sealed-columns.ts';

/** An operation that is accepted: its row is all that its runner needs to begin it. */
export interface NewOperation {
  readonly id: string;
  readonly workflow: string;
  readonly input: unknown;
}

/** Writes an operation down, in the transaction that takes what it works on. */
export async function insertOperation(
  tx: Transaction<Schema>,
  { id, workflow, input }: NewOperation,
  at: string,
): Promise<void> {
  await tx
    .insertInto('operation')
    .values({
      id,
      workflow,
      input: seal(tx, 'operation.input', id, JSON.stringify(input)),
      created_at: at,
      state: 'open',
    })
    .execute();
}
