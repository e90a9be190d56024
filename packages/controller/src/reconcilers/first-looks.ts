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

/** What a round showed of all domains, by domain. */
export class FirstLooks {
  readonly #byHost: ReadonlyMap<string, HostLook>;
  readonly #silent: readonly HostLook[];
  readonly #holder = new Map<string, HostLook>();
  /** Only those that more than one host has: with thousands of instances this runs every few seconds. */
  readonly #holders = new Map<string, HostLook[]>();

  constructor(looks: readonly HostLook[]) {
    this.#byHost = new Map(looks.map((look) => [look.host.id, look]));
    this.#silent = looks.filter(({ powers }) => powers === null);
    for (const look of looks) for (const id of look.powers?.keys() ?? []) this.#add(id, look);
  }

  /**
   * The sightings that a decision about the domain can depend on: of its own host, of all that have it, of all that are
   * silent. That others answer and have nothing changes nothing in the drift table.
   */
  telling(id: string, hostId: string): Map<string, Sighting> {
    const holder = this.#holder.get(id);
    const holders = this.#holders.get(id) ?? (holder === undefined ? [] : [holder]);
    const own = this.#byHost.get(hostId);
    const looks = [...(own === undefined ? [] : [own]), ...holders, ...this.#silent];
    return firstLookAt(id, looks);
  }

  /** The power that a host told of a domain; undefined where it has none, or did not answer. */
  powerOn(hostId: string, id: string): DomainPower['power'] | undefined {
    return this.#byHost.get(hostId)?.powers?.get(id)?.power;
  }

  #add(id: string, look: HostLook): void {
    const before = this.#holder.get(id);
    if (before === undefined) this.#holder.set(id, look);
    else this.#holders.set(id, [...(this.#holders.get(id) ?? [before]), look]);
  }
}
