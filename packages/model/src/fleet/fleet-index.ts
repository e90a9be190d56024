import type { ServerGroup } from '../server-group/server-group.ts';
import type { FleetGuest, FleetHost, FleetState } from './fleet-state.ts';
import { type LinkMap, mapLinks } from './move-time.ts';

/** A server group by numbers of its members in the fleet. */
interface IndexedGroup {
  readonly name: string;
  readonly policy: ServerGroup['policy'];
  readonly maxPerHost: number;
  /** Numbers of guests that the state knows. */
  readonly guests: readonly number[];
  /** Numbers of hosts of members that the state does not know as guests, once each. */
  readonly elsewhere: readonly number[];
}

/**
 * A state of the fleet by numbers: hosts and guests count from 0 in the order of the state, which makes everything that is
 * asked a thousand times over an index into a list. -1 is a host that the state does not know.
 */
export interface FleetIndex {
  readonly state: FleetState;
  readonly hosts: readonly FleetHost[];
  readonly guests: readonly FleetGuest[];
  readonly hostOf: ReadonlyMap<string, number>;
  readonly guestOf: ReadonlyMap<string, number>;
  /** The host of each guest. */
  readonly at: Int32Array;
  readonly guestsAt: (host: number) => readonly number[];
  readonly links: LinkMap;
  readonly groups: readonly IndexedGroup[];
  /** Numbers of the groups that a guest is of. */
  readonly groupsOf: (guest: number) => readonly number[];
  /** Hosts that can take what the guest asks beside room, were it to leave `from`: 1 for yes. */
  readonly mayHold: (guest: number, from: number) => Uint8Array;
}

/** What a guest asks beside numbers makes it one of a few kinds; each kind is held against the hosts once. */
function kinds(
  hosts: readonly FleetHost[],
  guests: readonly FleetGuest[],
): (guest: number, from: number) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  const keys = new Map<ReadonlySet<string>, string>();
  const keyOf = (features: ReadonlySet<string>): string => {
    const found = keys.get(features);
    if (found !== undefined) return found;
    const key = [...features].toSorted().join('\n');
    keys.set(features, key);
    return key;
  };
  return (number, from) => {
    const features = guests[number]?.features ?? new Set();
    const source = hosts[from];
    const key = `${source?.arch}|${source?.hypervisorVersion}|${source?.libvirtVersion}|${keyOf(features)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const allowed = Uint8Array.from(hosts, (host) =>
      (source === undefined || notOlder(source, host)) && hasAll(host.features, features) ? 1 : 0,
    );
    known.set(key, allowed);
    return allowed;
  };
}

function hasAll(has: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  for (const feature of wanted) if (!has.has(feature)) return false;
  return true;
}

/** A guest goes to the same architecture, and never to an older QEMU or libvirt. */
function notOlder(source: FleetHost, target: FleetHost): boolean {
  return (
    target.arch === source.arch &&
    target.hypervisorVersion >= source.hypervisorVersion &&
    target.libvirtVersion >= source.libvirtVersion
  );
}

/** Guests by host, each list in the order of the state. */
function byHost(at: Int32Array, hosts: number): (host: number) => readonly number[] {
  const lists: number[][] = Array.from({ length: hosts }, () => []);
  at.forEach((host, guest) => lists[host]?.push(guest));
  return (host) => lists[host] ?? [];
}

const indexes = new WeakMap<FleetState, FleetIndex>();

/** The same index for the same state: steps are judged one by one by one state. */
export function indexFleet(state: FleetState): FleetIndex {
  const found = indexes.get(state) ?? makeIndex(state);
  indexes.set(state, found);
  return found;
}

function makeIndex(state: FleetState): FleetIndex {
  const hostOf = new Map(state.hosts.map(({ id }, number) => [id, number]));
  const guestOf = new Map(state.guests.map(({ id }, number) => [id, number]));
  const at = Int32Array.from(state.guests, ({ hostId }) => hostOf.get(hostId) ?? -1);
  const groups = state.serverGroups.map(({ group, members }) => {
    const known = members.flatMap(({ guestId }) => guestOf.get(guestId) ?? []);
    const others = members
      .filter(({ guestId }) => !guestOf.has(guestId))
      .flatMap(({ hostIds }) => hostIds.flatMap((id) => hostOf.get(id) ?? []));
    const { name, policy, maxPerHost } = group;
    return { name, policy, maxPerHost: maxPerHost ?? 1, guests: known, elsewhere: others };
  });
  const groupsOf = new Map<number, number[]>();
  for (const [number, { guests }] of groups.entries())
    for (const guest of guests) groupsOf.set(guest, [...(groupsOf.get(guest) ?? []), number]);
  return {
    state,
    hosts: state.hosts,
    guests: state.guests,
    hostOf,
    guestOf,
    at,
    guestsAt: byHost(at, state.hosts.length),
    links: mapLinks(state.hosts, state.links),
    groups,
    groupsOf: (guest) => groupsOf.get(guest) ?? [],
    mayHold: kinds(state.hosts, state.guests),
  };
}
