import type { DomainPower } from '@ferry/hypervisor';
import type { Host, Sighting } from '@ferry/model';

/** What one host said in a round: the power of all its domains; null when it did not answer. */
export interface HostLook {
  readonly host: Host;
  readonly powers: ReadonlyMap<string, DomainPower> | null;
  /** Why it did not answer. */
  readonly reason: string;
}

/** What a round showed of one domain. It tells no jobs: what differs from the record must be looked at again. */
export function firstLookAt(id: string, looks: readonly HostLook[]): Map<string, Sighting> {
  return new Map(looks.map((look) => [look.host.id, sightingOf(look, id)]));
}

function sightingOf({ powers, reason }: HostLook, id: string): Sighting {
  if (powers === null) return { kind: 'unreachable', reason };
  const found = powers.get(id);
  if (found === undefined) return { kind: 'absent' };
  const { power } = found;
  const state = power === 'suspended' || power === 'unknown' ? 'other' : power;
  return { kind: 'present', state, reason: found.reason, persistent: true, job: 'none' };
}
