import { domainStates, LifecycleEvent, stateReasons, SuspendedDetail } from '@ferry/libvirt';
import type { PowerState, PresentSighting } from '@ferry/model';
import type { DomainPower } from '../contract/host-domains.ts';

/** From the numbers of a state and of its reason, which means something else in each state. */
export function domainPower(state: number, reason: number): DomainPower {
  const name = domainStates[state] ?? 'nostate';
  return { power: powerOf(name), reason: stateReasons[name]?.[reason] ?? 'unknown' };
}

function powerOf(name: (typeof domainStates)[number]): PowerState {
  switch (name) {
    case 'running':
    case 'blocked':
    case 'shutdown':
      // `shutdown` is a guest on its way down: it still runs.
      return 'running';
    case 'paused':
      return 'paused';
    case 'shutoff':
      return 'shutoff';
    case 'crashed':
      return 'crashed';
    case 'pmsuspended':
      return 'suspended';
    case 'nostate':
      return 'unknown';
  }
}

/** The state as a sighting tells it. */
export function sightedState(power: PowerState): PresentSighting['state'] {
  return power === 'suspended' || power === 'unknown' ? 'other' : power;
}

/** Details of `suspended` that a person's suspension and the stop of a migration have alike; not that of post-copy. */
const plainStops: readonly number[] = [SuspendedDetail.paused, SuspendedDetail.migrated];

/** What a lifecycle event tells of the domain's processors; nothing: that is to be looked at. */
export function powerChange({ event, detail }: { readonly event: number; readonly detail: number }): {
  readonly now?: 'stopped' | 'runs-on';
} {
  if (event === LifecycleEvent.resumed) return { now: 'runs-on' };
  return event === LifecycleEvent.suspended && plainStops.includes(detail) ? { now: 'stopped' } : {};
}
