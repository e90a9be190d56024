import type { FlavorSnapshot, InstanceSize } from '@ferry/model';
import type { Transaction } from 'kysely';
import type { InstanceTable, Schema } from '../schema/schema.ts';

/** What of an instance's row tells its size; nothing where it keeps the one it has. */
export function sizeColumns(
  size: InstanceSize | null,
): Partial<Pick<InstanceTable, 'memory_bytes' | 'vcpus'>> {
  return size === null ? {} : { memory_bytes: size.memoryBytes, vcpus: size.vcpus };
}

/** The flavor that an instance has from now on; null: none, as one that was adopted. */
export async function setFlavor(
  tx: Transaction<Schema>,
  instanceId: string,
  flavor: FlavorSnapshot | null,
  at: string,
): Promise<void> {
  await tx
    .updateTable('instance_profile')
    .set({ flavor: flavor === null ? null : JSON.stringify(flavor), updated_at: at })
    .where('instance_id', '=', instanceId)
    .execute();
}
