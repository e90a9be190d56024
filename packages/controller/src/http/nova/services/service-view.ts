import type { HostRecord } from '../../../store/hosts/host-services.ts';
import { microsecondsTime } from '../nova-time.ts';

/** The one kind of service that a host has. */
export const computeBinary = 'nova-compute';

/** A host as GET /os-services tells it. */
export function serviceView(record: HostRecord, minor: number): Record<string, unknown> {
  const { host, number, zone, disabledReason, forcedDown } = record;
  const { status, state, lastSeenAt } = host.service;
  return {
    binary: computeBinary,
    host: host.name,
    id: minor >= 53 ? host.id : number,
    zone,
    status,
    state,
    updated_at: lastSeenAt === null ? null : microsecondsTime(lastSeenAt),
    disabled_reason: disabledReason,
    ...(minor >= 11 ? { forced_down: forcedDown } : {}),
  };
}
