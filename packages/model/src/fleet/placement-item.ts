import type { FleetIndex } from './fleet-index.ts';
import { type FleetRoom, memoryLimit, membersOn, roomOf, vcpuLimit } from './fleet-room.ts';

/**
 * What gets one place: a guest, or all members of a server group with affinity that leave one host together, for they may
 * not be on two.
 */
export interface PlacementItem {
  readonly guests: readonly number[];
  readonly from: number;
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly diskBytes: number;
  /** Hosts that have what its guests ask beside room: 1 for yes. */
  readonly mayHold: Uint8Array;
  /** Hard rules on other members: group number, and how many of its members the item brings. */
  readonly affine: readonly { readonly group: number; readonly brings: number }[];
  readonly apart: readonly { readonly group: number; readonly brings: number }[];
  /** Soft rules: the group, and 1 for together or -1 for apart. */
  readonly likes: readonly { readonly group: number; readonly sign: 1 | -1 }[];
}

/** One item of these guests, all on `from`. */
export function placementItem(index: FleetIndex, guests: readonly number[], from: number): PlacementItem {
  const rooms = guests.map((guest) => roomOf(index, guest));
  const brings = new Map<number, number>();
  for (const guest of guests)
    for (const group of index.groupsOf(guest)) brings.set(group, (brings.get(group) ?? 0) + 1);
  const of = (policy: string): { group: number; brings: number }[] =>
    [...brings]
      .map(([group, count]) => ({ group, brings: count }))
      .filter(({ group }) => index.groups[group]?.policy === policy);
  const masks = [...new Set(guests.map((guest) => index.mayHold(guest, from)))];
  const [first = new Uint8Array()] = masks;
  return {
    guests,
    from,
    memoryBytes: rooms.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    vcpus: rooms.reduce((sum, { vcpus }) => sum + vcpus, 0),
    diskBytes: rooms.reduce((sum, { diskBytes }) => sum + diskBytes, 0),
    mayHold: masks.length === 1 ? first : first.map((_, host) => (masks.every((mask) => mask[host]) ? 1 : 0)),
    affine: of('affinity'),
    apart: of('anti-affinity'),
    likes: [
      ...of('soft-affinity').map(({ group }) => ({ group, sign: 1 as const })),
      ...of('soft-anti-affinity').map(({ group }) => ({ group, sign: -1 as const })),
    ],
  };
}

/** Guests of one host as items: those that affinity holds together are one. */
export function itemsOf(index: FleetIndex, guests: readonly number[], from: number): PlacementItem[] {
  const bundleOf = new Map<number, number[]>();
  const bundles: number[][] = [];
  for (const guest of guests) {
    const groups = index.groupsOf(guest).filter((group) => index.groups[group]?.policy === 'affinity');
    const found = groups.map((group) => bundleOf.get(group)).find((bundle) => bundle !== undefined);
    const bundle = found ?? [];
    if (found === undefined) bundles.push(bundle);
    bundle.push(guest);
    for (const group of groups) bundleOf.set(group, bundle);
  }
  return bundles.map((bundle) => placementItem(index, bundle, from));
}

/** Whether the server groups of the item let it be on the host. */
export function groupsAllow(room: FleetRoom, item: PlacementItem, host: number): boolean {
  for (const { group, brings } of item.affine) {
    const { guests = [], elsewhere = [] } = room.index.groups[group] ?? {};
    const others = guests.length + elsewhere.length - brings;
    if (membersOn(room, group, host) < others) return false;
  }
  for (const { group, brings } of item.apart)
    if (membersOn(room, group, host) + brings > (room.index.groups[group]?.maxPerHost ?? 1)) return false;
  return true;
}

/** Whether the item may go to the host now: all hard limits. */
export function fits(room: FleetRoom, item: PlacementItem, host: number): boolean {
  return (
    item.mayHold[host] === 1 &&
    room.closed[host] === 0 &&
    host !== item.from &&
    hasRoom(room, item, host) &&
    groupsAllow(room, item, host)
  );
}

/** Whether the host's memory, processors and disk have room for the item. */
export function hasRoom(room: FleetRoom, item: PlacementItem, host: number): boolean {
  return (
    (item.memoryBytes === 0 || (room.memory[host] ?? 0) + item.memoryBytes <= memoryLimit(room, host)) &&
    (item.vcpus === 0 || (room.vcpus[host] ?? 0) + item.vcpus <= vcpuLimit(room, host)) &&
    (item.diskBytes === 0 || (room.diskFree[host] ?? 0) >= item.diskBytes)
  );
}
