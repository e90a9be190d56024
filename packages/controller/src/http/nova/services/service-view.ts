import { admissionOf, type Host } from '@ferry/model';
import type { HostRecord } from '../../../store/hosts/host-services.ts';
import { microsecondsTime } from '../nova-time.ts';

/** The one kind of service that a host has. */
export const computeBinary = 'nova-compute';

/** A host as GET /os-services tells it. */
export function serviceView(record: HostRecord, minor: number): Record<string, unknown> {
  const { host, number, zone, disabledReason, forcedDown } = record;
  const { state, lastSeenAt } = host.service;
  return {
    binary: computeBinary,
    host: host.name,
    id: minor >= 53 ? host.id : number,
    zone,
    status: statusTold(host),
    state,
    updated_at: lastSeenAt === null ? null : microsecondsTime(lastSeenAt),
    disabled_reason: disabledReason,
    ...(minor >= 11 ? { forced_down: forcedDown } : {}),
  };
}

/** A host in maintenance takes no instance, for which Nova's one word is `disabled`. */
export function statusTold(host: Host): 'enabled' | 'disabled' {
  return admissionOf(host) === 'open' ? 'enabled' : 'disabled';
}
