import { changeRoom, type FleetRoom, memoryLimit, vcpuLimit } from './fleet-room.ts';
import { fits, groupsAllow, hasRoom, type PlacementItem } from './placement-item.ts';

/** Guests that go out of the way, and the host where the item has a place then. */
export interface MadeRoom {
  readonly to: number;
  readonly away: readonly { readonly item: PlacementItem; readonly to: number }[];
}

interface Shortage {
  readonly host: number;
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly diskBytes: number;
}

/** So many hosts are tried, those that lack least first; so many ways are compared; so many guests leave a host at most. */
const most = { hosts: 200, ways: 8, guests: 4 };

/** Who may go out of the way, and what is known of it. */
export interface MayLeave {
  readonly guestsOn: (host: number) => readonly number[];
  readonly itemOf: (guest: number) => PlacementItem;
  readonly bytesOf: (guest: number) => number;
}

/**
 * Room for an item on a host that would do but for its room: guests that may move go from there to hosts with room for them,
 * as few of them and then as few bytes as are found. Takes the room of all of them when it finds a way, and nothing otherwise.
 */
export function makeRoom(room: FleetRoom, item: PlacementItem, may: MayLeave): MadeRoom | null {
  let best: Way | null = null;
  let ways = 0;
  const holes = holesOf(room);
  const holeBytes = holes.at(-1)?.freeBytes ?? 0;
  for (const shortage of shortages(room, item).slice(0, most.hosts)) {
    // Those that leave have to fit somewhere, each by itself.
    if (shortage.memoryBytes > most.guests * holeBytes) break;
    const way = tryHost(room, item, shortage, may, holes);
    if (way === null) continue;
    ways += 1;
    if (best === null || isBetter(way, best)) best = way;
    if (ways === most.ways) break;
  }
  return best === null ? null : take(room, item, best.made);
}

/** The same on one host alone. */
export function makeRoomOn(
  room: FleetRoom,
  item: PlacementItem,
  host: number,
  may: MayLeave,
): MadeRoom | null {
  const shortage = shortageOn(room, item, host);
  const way = shortage === null ? null : tryHost(room, item, shortage, may, holesOf(room));
  return way === null ? null : take(room, item, way.made);
}

/** An open host and its free memory. */
interface Hole {
  readonly host: number;
  readonly freeBytes: number;
}

/** The smallest first. */
function holesOf(room: FleetRoom): Hole[] {
  return [...room.index.hosts.keys()]
    .filter((host) => room.closed[host] === 0)
    .map((host) => ({ host, freeBytes: memoryLimit(room, host) - (room.memory[host] ?? 0) }))
    .toSorted((one, other) => one.freeBytes - other.freeBytes || one.host - other.host);
}

interface Way {
  readonly made: MadeRoom;
  readonly bytes: number;
}

function isBetter(way: Way, best: Way): boolean {
  const fewer = way.made.away.length - best.made.away.length;
  return fewer < 0 || (fewer === 0 && way.bytes < best.bytes);
}

function tryHost(
  room: FleetRoom,
  item: PlacementItem,
  shortage: Shortage,
  may: MayLeave,
  holes: readonly Hole[],
): Way | null {
  const made = clear(room, item, shortage, may, holes);
  sendAway(room, made.away, -1);
  if (!made.enough) return null;
  return {
    made,
    bytes: made.away.reduce((sum, { item: { guests: gone } }) => sum + may.bytesOf(gone[0] ?? -1), 0),
  };
}

function take(room: FleetRoom, item: PlacementItem, made: MadeRoom): MadeRoom {
  sendAway(room, made.away, 1);
  for (const guest of item.guests) changeRoom(room, guest, made.to, 1);
  return made;
}

/** Takes and frees the room of guests that go (1), or undoes it (-1). */
function sendAway(room: FleetRoom, away: MadeRoom['away'], by: 1 | -1): void {
  for (const { item, to } of away) {
    for (const guest of item.guests) {
      changeRoom(room, guest, item.from, by === 1 ? -1 : 1);
      changeRoom(room, guest, to, by);
    }
  }
}

/** Hosts that would take the item if they had room, and what each lacks; those that lack least memory first. */
function shortages(room: FleetRoom, item: PlacementItem): Shortage[] {
  return [...room.index.hosts.keys()]
    .flatMap((host) => shortageOn(room, item, host) ?? [])
    .toSorted((one, other) => one.memoryBytes - other.memoryBytes || one.host - other.host);
}

/** Null where the host would not take the item with all its room free. */
function shortageOn(room: FleetRoom, item: PlacementItem, host: number): Shortage | null {
  if (item.mayHold[host] !== 1 || room.closed[host] !== 0 || host === item.from) return null;
  if (item.memoryBytes > memoryLimit(room, host) || item.vcpus > vcpuLimit(room, host)) return null;
  if (!groupsAllow(room, item, host)) return null;
  const diskBytes = item.diskBytes === 0 ? 0 : item.diskBytes - (room.diskFree[host] ?? 0);
  if (Number.isNaN(diskBytes)) return null;
  return {
    host,
    memoryBytes: (room.memory[host] ?? 0) + item.memoryBytes - memoryLimit(room, host),
    vcpus: (room.vcpus[host] ?? 0) + item.vcpus - vcpuLimit(room, host),
    diskBytes,
  };
}

/**
 * One guest that frees enough if there is one, else the largest ones until it is enough. Those that go are gone in the room,
 * and the caller undoes it.
 */
function clear(
  room: FleetRoom,
  item: PlacementItem,
  { host, memoryBytes, vcpus, diskBytes }: Shortage,
  { guestsOn, itemOf, bytesOf }: MayLeave,
  holes: readonly Hole[],
): MadeRoom & { readonly enough: boolean } {
  const movable = guestsOn(host)
    .map(itemOf)
    .filter((one) => one.affine.length === 0 && one.memoryBytes <= (holes.at(-1)?.freeBytes ?? 0))
    .toSorted((one, other) => bytesOf(one.guests[0] ?? -1) - bytesOf(other.guests[0] ?? -1));
  const freed = movable.slice(-most.guests).reduce((sum, one) => sum + one.memoryBytes, 0);
  if (vcpus <= 0 && diskBytes <= 0 && freed < memoryBytes) return { to: host, away: [], enough: false };
  const enough = movable.filter(
    (one) => one.memoryBytes >= memoryBytes && one.vcpus >= vcpus && one.diskBytes >= diskBytes,
  );
  const away: { item: PlacementItem; to: number }[] = [];
  for (const one of [...enough, ...movable.toReversed()]) {
    if (hasRoom(room, item, host) || away.length === most.guests) break;
    if (away.some(({ item: gone }) => gone.guests[0] === one.guests[0])) continue;
    const to = smallestHole(room, one, holes);
    if (to < 0) continue;
    const gone = { item: one, to };
    sendAway(room, [gone], 1);
    away.push(gone);
  }
  return { to: host, away, enough: hasRoom(room, item, host) && away.length > 0 };
}

/** The host with least free memory that takes the item; `holes` are as they were before others went out of the way. */
function smallestHole(room: FleetRoom, item: PlacementItem, holes: readonly Hole[]): number {
  let low = 0;
  let high = holes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((holes[middle]?.freeBytes ?? 0) < item.memoryBytes) low = middle + 1;
    else high = middle;
  }
  for (let place = low; place < holes.length; place += 1) {
    const host = holes[place]?.host ?? -1;
    if (fits(room, item, host)) return host;
  }
  return -1;
}
