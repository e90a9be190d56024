import { explainNoPlace, type NoPlace } from './explain-no-place.ts';
import { changeRoom } from './fleet-room.ts';
import { makeRoom, type MayLeave } from './make-room.ts';
import { linksOf, movability, type Movability, narrowest, sendMs, wholeMs } from './move-time.ts';
import { freeMemory, type Placement, type PlacementWish, placeItems, reserveFor } from './place-items.ts';
import { placementItem, type PlacementItem } from './placement-item.ts';
import { addMoves, nameOfGuest, nameOfHost, type PlanDraft } from './plan-draft.ts';
import { showBytes } from '../check/show-values.ts';

/** What is asked of places for many guests at once. */
export interface PlaceRequest {
  readonly items: readonly PlacementItem[];
  /** Why they go, for the steps. */
  readonly because: (item: PlacementItem) => string;
  readonly how: (guest: number) => Movability & { kind: 'moves' };
  readonly rank?: PlacementWish['rank'];
  readonly priority?: PlacementWish['priority'];
  readonly needs: (item: PlacementItem, to: number) => readonly number[];
  /** Whether guests of a host may go out of the way, beside those asked for. */
  readonly mayClear: (host: number) => boolean;
}

/**
 * Finds places for all: spread first, for that is soonest done; packed tightly when some have none so; then by moving others
 * out of the way. Adds the moves to the draft, and blockers for those that have no place. Answers the moves by item.
 */
export function findPlaces(draft: PlanDraft, request: PlaceRequest): Map<PlacementItem, number[]> {
  const { room } = draft;
  const reserveBytes = draft.options.keepOneHostSpare ? reserveFor(room) : 0;
  const wish = wishOf(draft, request, reserveBytes);
  let placement = placeItems(room, request.items, { ...wish, way: 'spread' });
  if (placement.unplaced.length > 0) {
    const spread = placement;
    takeBack(draft, spread);
    placement = placeItems(room, request.items, { ...wish, way: 'tight' });
    if (placement.unplaced.length >= spread.unplaced.length) {
      takeBack(draft, placement);
      for (const { item, to } of spread.placed)
        for (const guest of item.guests) changeRoom(room, guest, to, 1);
      placement = spread;
    }
  }
  const moves = new Map<PlacementItem, number[]>();
  for (const { item, to } of placement.placed)
    moves.set(item, addMoves(draft, item, to, request.how, request.because(item), request.needs(item, to)));
  const clearing = newClearing(draft, request, reserveBytes);
  const left = placement.unplaced.filter((item) => {
    const made = clearWay(clearing, item);
    if (made !== null) moves.set(item, made);
    return made === null;
  });
  blockThose(draft, left, reserveBytes);
  return moves;
}

function takeBack({ room }: PlanDraft, { placed }: Placement): void {
  for (const { item, to } of placed) for (const guest of item.guests) changeRoom(room, guest, to, -1);
}

function wishOf(
  { map, options }: PlanDraft,
  { items, how, rank, priority }: PlaceRequest,
  reserveBytes: number,
): Omit<PlacementWish, 'way'> {
  const loads = new Map(items.map((item) => [item, item.guests.map((guest) => how(guest).load)] as const));
  // What it takes of the links, or of the slots of the host where that is more.
  const over = (item: PlacementItem, bytesPerSecond: number, slots: number): number =>
    (loads.get(item) ?? []).reduce(
      (sum, load) => sum + Math.max(sendMs(load, bytesPerSecond), wholeMs(load, bytesPerSecond) / slots),
      0,
    );
  const bySource = new Map<number, number>();
  for (const item of items) {
    if (item.guests.some((guest) => how(guest).how === 'evacuate')) continue;
    const ms = over(item, narrowest(map, map.out[item.from] ?? []), options.limits.perSource);
    bySource.set(item.from, (bySource.get(item.from) ?? 0) + ms);
  }
  return {
    inboundMs: (item, host) =>
      over(item, narrowest(map, linksOf(map, item.from, host)), options.limits.perTarget),
    inboundLimitMs: Math.max(1, ...bySource.values()),
    reserveBytes,
    ...(rank === undefined ? {} : { rank }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** What is known while others are moved out of the way. */
interface Clearing {
  readonly draft: PlanDraft;
  readonly request: PlaceRequest;
  readonly reserveBytes: number;
  readonly may: MayLeave;
  readonly howOf: (guest: number) => (Movability & { kind: 'moves' }) | null;
  /** What items asked for that found no way: the next of that kind finds none either. */
  readonly failed: Set<string>;
  readonly kindOf: (item: PlacementItem) => string | null;
}

function newClearing(draft: PlanDraft, request: PlaceRequest, reserveBytes: number): Clearing {
  const { index, options } = draft;
  const asked = new Set(request.items.flatMap(({ guests }) => guests));
  const items = new Map<number, PlacementItem>();
  const hows = new Map<number, (Movability & { kind: 'moves' }) | null>();
  const howOf = (guest: number): (Movability & { kind: 'moves' }) | null => {
    const known = hows.get(guest);
    if (known !== undefined) return known;
    const found = index.guests[guest];
    const how = found === undefined || found.busyWith !== null ? null : movability(found, options);
    const moves = how?.kind === 'moves' && !asked.has(guest) ? how : null;
    hows.set(guest, moves);
    return moves;
  };
  const mayLeave = (guest: number): boolean => !draft.lastMove.has(guest) && howOf(guest) !== null;
  const may: MayLeave = {
    guestsOn: (host) => (request.mayClear(host) ? index.guestsAt(host).filter(mayLeave) : []),
    itemOf: (guest) => {
      const item = items.get(guest) ?? placementItem(index, [guest], index.at[guest] ?? -1);
      items.set(guest, item);
      return item;
    },
    bytesOf: (guest) => howOf(guest)?.load.bytes ?? 0,
  };
  return { draft, request, reserveBytes, may, howOf, failed: new Set(), kindOf: kindNamer() };
}

/** Others leave a host so that the item has a place there. */
function clearWay(
  { draft, request, reserveBytes, may, howOf, failed, kindOf }: Clearing,
  item: PlacementItem,
): number[] | null {
  const { room } = draft;
  if (item.memoryBytes > freeMemory(room) - reserveBytes) return null;
  const kind = kindOf(item);
  if (kind !== null && failed.has(kind)) return null;
  const made = makeRoom(room, item, may);
  if (made === null) {
    if (kind !== null) failed.add(kind);
    return null;
  }
  const names = item.guests.map((guest) => nameOfGuest(draft, guest)).join(', ');
  for (const { item: gone, to } of made.away) {
    const because = `frees ${showBytes(gone.memoryBytes)} that ${names} needs on ${nameOfHost(draft, made.to)}`;
    const how = (guest: number): Movability & { kind: 'moves' } => howOf(guest) ?? request.how(guest);
    addMoves(draft, gone, to, how, because, request.needs(gone, to));
  }
  return addMoves(draft, item, made.to, request.how, request.because(item), request.needs(item, made.to));
}

/**
 * What an item asks for, as text that is the same for all that ask the same; null where its server groups make it one of a
 * kind.
 */
function kindNamer(): (item: PlacementItem) => string | null {
  const masks = new Map<Uint8Array, number>();
  return ({ mayHold, memoryBytes, vcpus, diskBytes, apart, affine }) => {
    if (apart.length + affine.length > 0) return null;
    const mask = masks.get(mayHold) ?? masks.size;
    masks.set(mayHold, mask);
    return `${mask}|${memoryBytes}|${vcpus}|${diskBytes}`;
  };
}

/** One explanation for all items that ask the same. */
function blockThose(draft: PlanDraft, items: readonly PlacementItem[], reserveBytes: number): void {
  const { index, room } = draft;
  const nobodyOpen = room.closed.every((closed) => closed !== 0);
  const known = new Map<string, NoPlace>();
  const kindOf = kindNamer();
  for (const item of items) {
    const key = nobodyOpen ? 'all' : (kindOf(item) ?? `${item.from}|${item.guests[0]}`);
    const found = known.get(key);
    const { because, remedies } = found ?? explainNoPlace(room, item, reserveBytes);
    known.set(key, { because, remedies });
    for (const guest of item.guests) {
      draft.blockers.push({
        guestId: index.guests[guest]?.id ?? null,
        hostId: index.hosts[item.from]?.id ?? null,
        because: `${nameOfGuest(draft, guest)} has no place: ${because}`,
        remedies,
      });
    }
  }
}
