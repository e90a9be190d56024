import { explainNoPlace, type NoPlace } from './explain-no-place.ts';
import { changeRoom } from './fleet-room.ts';
import { makeRoom } from './make-room.ts';
import { movability, type Movability } from './movability.ts';
import { linksOf, narrowest, sendMs } from './move-time.ts';
import { freeMemory, type Placement, type PlacementWish, placeItems, reserveFor } from './place-items.ts';
import type { PlacementItem } from './placement-item.ts';
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
  const left = placement.unplaced.filter((item) => {
    const made = clearWay(draft, request, item, reserveBytes);
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
  { map }: PlanDraft,
  { items, how, rank, priority }: PlaceRequest,
  reserveBytes: number,
): Omit<PlacementWish, 'way'> {
  const bytesOf = new Map(items.map((item) => [item, item.guests.map((guest) => how(guest).load)] as const));
  const over = (item: PlacementItem, bytesPerSecond: number): number =>
    (bytesOf.get(item) ?? []).reduce((sum, load) => sum + sendMs(load, bytesPerSecond), 0);
  const bySource = new Map<number, number>();
  for (const item of items) {
    const ms = over(item, narrowest(map, map.out[item.from] ?? []));
    bySource.set(item.from, (bySource.get(item.from) ?? 0) + ms);
  }
  return {
    inboundMs: (item, host) => over(item, narrowest(map, linksOf(map, item.from, host))),
    inboundLimitMs: Math.max(1, ...bySource.values()),
    reserveBytes,
    ...(rank === undefined ? {} : { rank }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** Others leave a host so that the item has a place there. */
function clearWay(
  draft: PlanDraft,
  request: PlaceRequest,
  item: PlacementItem,
  reserveBytes: number,
): number[] | null {
  const { index, options, room } = draft;
  if (item.memoryBytes > freeMemory(room) - reserveBytes) return null;
  const asked = new Set(request.items.flatMap(({ guests }) => guests));
  const loadOf = (guest: number): (Movability & { kind: 'moves' }) | null => {
    const found = index.guests[guest];
    if (found === undefined || asked.has(guest) || draft.lastMove.has(guest) || found.busyWith !== null)
      return null;
    const how = movability(found, options);
    return how.kind === 'moves' ? how : null;
  };
  const made = makeRoom(
    room,
    item,
    (host) => (request.mayClear(host) ? index.guestsAt(host).filter((guest) => loadOf(guest) !== null) : []),
    (guest) => loadOf(guest)?.load.bytes ?? 0,
  );
  if (made === null) return null;
  const names = item.guests.map((guest) => nameOfGuest(draft, guest)).join(', ');
  for (const { item: gone, to } of made.away) {
    const because = `frees ${showBytes(gone.memoryBytes)} that ${names} needs on ${nameOfHost(draft, made.to)}`;
    const how = (guest: number): Movability & { kind: 'moves' } => loadOf(guest) ?? request.how(guest);
    addMoves(draft, gone, to, how, because, request.needs(gone, to));
  }
  return addMoves(draft, item, made.to, request.how, request.because(item), request.needs(item, made.to));
}

/** One explanation for all items that ask the same. */
function blockThose(draft: PlanDraft, items: readonly PlacementItem[], reserveBytes: number): void {
  const { index, room } = draft;
  const nobodyOpen = room.closed.every((closed) => closed !== 0);
  const known = new Map<string, NoPlace>();
  const masks = new Map<Uint8Array, number>();
  for (const item of items) {
    masks.set(item.mayHold, masks.get(item.mayHold) ?? masks.size);
    const alone = item.apart.length + item.affine.length === 0;
    const key = `${masks.get(item.mayHold)}|${item.memoryBytes}|${item.vcpus}|${item.diskBytes}|${nobodyOpen ? '' : item.from}`;
    const found = alone || nobodyOpen ? known.get(key) : undefined;
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
