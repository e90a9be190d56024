import type { InstanceProfile } from './instance-profile.ts';

/** When an instance was there; times are UTC ISO 8601. */
export interface InstanceLife {
  /** When it first ran; null: it never did. */
  readonly launchedAt: string | null;
  /** Null: it is still there. */
  readonly deletedAt: string | null;
}

const msPerHour = 3_600_000;

/**
 * Hours of a period for which an instance was there: from its first run to its deletion, whether it runs or not, as Nova
 * counts (nova/api/openstack/compute/simple_tenant_usage.py, `_hours_for`).
 */
export function usedHours(life: InstanceLife, start: string, end: string): number {
  if (life.launchedAt === null) return 0;
  const from = Math.max(Date.parse(life.launchedAt), Date.parse(start));
  const to = Math.min(life.deletedAt === null ? Infinity : Date.parse(life.deletedAt), Date.parse(end));
  return Math.max(0, to - from) / msPerHour;
}

/** The reservation of a request, by the first instance that it created. */
export function reservationOfFirst(instanceId: string): string {
  return `r-${instanceId.replaceAll('-', '').slice(0, 8)}`;
}

/** The reservation of an instance: one that has none is the only one of its own. */
export function reservationOf(profile: Pick<InstanceProfile, 'instanceId' | 'reservationId'>): string {
  return profile.reservationId ?? reservationOfFirst(profile.instanceId);
}
