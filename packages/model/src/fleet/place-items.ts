import { changeRoom, type FleetRoom, memoryLimit, membersOn, vcpuLimit } from './fleet-room.ts';
import { fits, type PlacementItem } from './placement-item.ts';

/** How places are chosen where several have room. */
export interface PlacementWish {
  /** `spread`: the least full host; `tight`: the one that it fills most, which leaves large holes to large guests. */
  readonly way: 'spread' | 'tight';
  /** Greater is taken first, whatever its room. */
  readonly rank?: (host: number, item: PlacementItem) => number;
  /** Ms of transfers that an item brings to a target's links. */
  readonly inboundMs: (item: PlacementItem, host: number) => number;
  /** A target that gets no more than this of them makes the plan no longer, ms. */
  readonly inboundLimitMs: number;
  /** Memory that must stay free on all open hosts together, bytes. */
  readonly reserveBytes: number;
  /** Items of greater priority have the first choice. */
  readonly priority?: (item: PlacementItem) => number;
}

export interface Placement {
  readonly placed: readonly { readonly item: PlacementItem; readonly to: number }[];
  readonly unplaced: readonly PlacementItem[];
}

/**
 * A host for each item, the hardest to place first: by what it takes of the scarcest of memory, processors and disk, and the
 * fewer hosts have what it asks. Takes the room of those it places.
 */
export function placeItems(room: FleetRoom, items: readonly PlacementItem[], wish: PlacementWish): Placement {
  const inbound = new Float64Array(room.index.hosts.length);
  const open = [...room.index.hosts.keys()].filter((host) => room.closed[host] === 0);
  let spare = freeMemory(room) - wish.reserveBytes;
  const placed: { item: PlacementItem; to: number }[] = [];
  const unplaced: PlacementItem[] = [];
  for (const item of hardestFirst(room, items, wish)) {
    const to =
      item.memoryBytes > 0 && item.memoryBytes > spare ? -1 : bestHost(room, item, wish, inbound, open);
    if (to < 0) {
      unplaced.push(item);
      continue;
    }
    spare -= item.memoryBytes;
    inbound[to] = (inbound[to] ?? 0) + wish.inboundMs(item, to);
    for (const guest of item.guests) changeRoom(room, guest, to, 1);
    placed.push({ item, to });
  }
  return { placed, unplaced };
}

/** Memory that guests have not taken on hosts that take guests. */
export function freeMemory(room: FleetRoom): number {
  let free = 0;
  for (const host of room.index.hosts.keys())
    if (room.closed[host] === 0) free += Math.max(0, memoryLimit(room, host) - (room.memory[host] ?? 0));
  return free;
}

/**
 * What must stay free so that any one open host may fail: with the free memory of the one that fails gone, the others need
 * what its guests take, which is together what the largest has in all.
 */
export function reserveFor(room: FleetRoom): number {
  let most = 0;
  for (const host of room.index.hosts.keys())
    if (room.closed[host] === 0) most = Math.max(most, memoryLimit(room, host));
  return most;
}

function hardestFirst(
  room: FleetRoom,
  items: readonly PlacementItem[],
  { priority = () => 0 }: PlacementWish,
): PlacementItem[] {
  const total = { memory: 1, vcpus: 1, disk: 1 };
  for (const host of room.index.hosts.keys()) {
    if (room.closed[host] !== 0) continue;
    total.memory += Math.max(0, memoryLimit(room, host) - (room.memory[host] ?? 0));
    total.vcpus += Math.max(0, vcpuLimit(room, host) - (room.vcpus[host] ?? 0));
    total.disk += Math.max(0, room.diskFree[host] || 0);
  }
  const hostsOf = new Map<Uint8Array, number>();
  const candidates = (mask: Uint8Array): number => {
    const found =
      hostsOf.get(mask) ?? mask.reduce((sum, yes, host) => sum + (room.closed[host] === 0 ? yes : 0), 0);
    hostsOf.set(mask, found);
    return found;
  };
  return items
    .map((item) => {
      const { memoryBytes, vcpus, diskBytes } = item;
      const size = Math.max(memoryBytes / total.memory, vcpus / total.vcpus, diskBytes / total.disk);
      return { item, priority: priority(item), hardness: size / Math.max(1, candidates(item.mayHold)) };
    })
    .toSorted((one, other) => other.priority - one.priority || other.hardness - one.hardness)
    .map(({ item }) => item);
}

function bestHost(
  room: FleetRoom,
  item: PlacementItem,
  wish: PlacementWish,
  inbound: Float64Array,
  open: readonly number[],
): number {
  let best = -1;
  let bestRank = 0;
  let bestScore = 0;
  for (const host of open) {
    if (!fits(room, item, host)) continue;
    const rank = wish.rank?.(host, item) ?? 0;
    if (best >= 0 && rank < bestRank) continue;
    const score = scoreOf(room, item, host, wish, inbound[host] ?? 0);
    if (best >= 0 && rank === bestRank && score <= bestScore) continue;
    best = host;
    bestRank = rank;
    bestScore = score;
  }
  return best;
}

/** Soft rules of server groups first, then targets that make the plan no longer, then how full the host gets. */
function scoreOf(
  room: FleetRoom,
  item: PlacementItem,
  host: number,
  wish: PlacementWish,
  inboundMs: number,
): number {
  let liked = 0;
  for (const { group, sign } of item.likes) liked += sign * membersOn(room, group, host);
  const late = Math.max(0, inboundMs + wish.inboundMs(item, host) - wish.inboundLimitMs);
  const full = Math.max(
    ((room.memory[host] ?? 0) + item.memoryBytes) / Math.max(1, memoryLimit(room, host)),
    ((room.vcpus[host] ?? 0) + item.vcpus) / Math.max(1, vcpuLimit(room, host)),
  );
  return (
    1000 * liked - 10 * (late / Math.max(1, wish.inboundLimitMs)) + (wish.way === 'tight' ? full : -full)
  );
}
