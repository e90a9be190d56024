import type { Aggregate } from '../../../store/hosts/aggregate-store.ts';
import { microsecondsTime } from '../nova-time.ts';

/** An aggregate; its zone stands among its metadata too, as Nova has it. */
export function aggregateView(aggregate: Aggregate, minor: number): Record<string, unknown> {
  const { number, uuid, name, availabilityZone, createdAt, updatedAt, hosts, metadata } = aggregate;
  const zone = availabilityZone === null ? {} : { availability_zone: availabilityZone };
  return {
    id: number,
    ...(minor >= 41 ? { uuid } : {}),
    name,
    availability_zone: availabilityZone,
    hosts,
    metadata: { ...metadata, ...zone },
    created_at: microsecondsTime(createdAt),
    updated_at: updatedAt === null ? null : microsecondsTime(updatedAt),
    deleted: false,
    deleted_at: null,
  };
}
