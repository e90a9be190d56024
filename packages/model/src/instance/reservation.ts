import type { InstanceProfile } from './instance-profile.ts';

/** The reservation of a request, by the first instance that it created. */
export function reservationOfFirst(instanceId: string): string {
  return `r-${instanceId.replaceAll('-', '').slice(0, 8)}`;
}

/** The reservation of an instance: one that has none is the only one of its own. */
export function reservationOf(profile: Pick<InstanceProfile, 'instanceId' | 'reservationId'>): string {
  return profile.reservationId ?? reservationOfFirst(profile.instanceId);
}
