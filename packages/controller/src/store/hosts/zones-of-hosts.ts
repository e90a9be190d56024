import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** The zone of hosts that no aggregate names one for; Nova's own word. */
export const defaultZone = 'nova';

/** The availability zone of each host: that of an aggregate it is in. */
export async function zonesOfHosts(db: Kysely<Schema>): Promise<{ of(hostId: string): string }> {
  const rows = await db
    .selectFrom('aggregate_host')
    .innerJoin('aggregate', 'aggregate.number', 'aggregate_host.aggregate_number')
    .select(['host_id', 'availability_zone'])
    .where('availability_zone', 'is not', null)
    .execute();
  const zones = new Map(rows.map((row) => [row.host_id, row.availability_zone ?? defaultZone]));
  return { of: (hostId) => zones.get(hostId) ?? defaultZone };
}
