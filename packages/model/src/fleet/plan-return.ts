import { showBytes } from '../check/show-values.ts';
import { explainHost } from './explain-no-place.ts';
import { changeRoom } from './fleet-room.ts';
import { makeRoomOn } from './make-room.ts';
import { movability } from './move-time.ts';
import { fits, itemsOf, placementItem, type PlacementItem } from './placement-item.ts';
import { addMoves, knownHosts, nameOfGuest, nameOfHost, type PlanDraft } from './plan-draft.ts';
import { movesOf } from './plan-drain.ts';

/** Brings guests home to a host; those that came there since go out of the way where they must. */
export function planReturn(draft: PlanDraft, hostId: string, guestIds: readonly string[]): void {
  const [home] = knownHosts(draft, [hostId]);
  if (home === undefined) return;
  const items = returning(draft, home, guestIds);
  const asked = new Set(items.flatMap(({ guests }) => guests));
  const largestFirst = items.toSorted((one, other) => other.memoryBytes - one.memoryBytes);
  for (const item of largestFirst) {
    const because = `its home is ${nameOfHost(draft, home)}`;
    const how = (guest: number): ReturnType<typeof movesOf> => movesOf(draft, guest);
    if (fits(draft.room, item, home)) {
      for (const guest of item.guests) changeRoom(draft.room, guest, home, 1);
      addMoves(draft, item, home, how, because);
      continue;
    }
    // Who makes room for it may also go where it comes from: in a circle, through a third host.
    if (clearHome(draft, item, home, asked) || clearHomeByCircle(draft, item, home, asked)) {
      addMoves(draft, item, home, how, because);
      continue;
    }
    for (const guest of item.guests) {
      block(draft, guest, home, explainHost(draft.room, item, home));
    }
  }
}

function returning(draft: PlanDraft, home: number, guestIds: readonly string[]): PlacementItem[] {
  const { index, options } = draft;
  const byHost = new Map<number, number[]>();
  for (const id of new Set(guestIds)) {
    const guest = index.guestOf.get(id);
    const found = guest === undefined ? undefined : index.guests[guest];
    if (guest === undefined || found === undefined) {
      draft.blockers.push({ guestId: id, hostId: null, because: `there is no guest ${id}`, remedies: [] });
      continue;
    }
    const at = index.at[guest] ?? -1;
    if (at === home) {
      draft.stays.push({ guestId: id, because: `is on ${nameOfHost(draft, home)} already` });
      continue;
    }
    const source = index.hosts[at];
    const how = movability(found, options);
    if (source?.service !== 'up')
      block(draft, guest, home, `${source?.name ?? found.hostId} does not answer`);
    else if (how.kind === 'blocks') block(draft, guest, home, how.because, how.remedies);
    else if (how.kind === 'shuts-down') block(draft, guest, home, how.because);
    else byHost.set(at, [...(byHost.get(at) ?? []), guest]);
  }
  return [...byHost].flatMap(([at, guests]) => itemsOf(index, guests, at));
}

function clearHome(draft: PlanDraft, item: PlacementItem, home: number, asked: ReadonlySet<number>): boolean {
  const { index, options, room } = draft;
  const movable = index.guestsAt(home).filter((guest) => {
    const found = index.guests[guest];
    if (found === undefined || asked.has(guest) || draft.lastMove.has(guest) || found.busyWith !== null)
      return false;
    return movability(found, options).kind === 'moves';
  });
  const made = makeRoomOn(room, item, home, {
    guestsOn: () => movable,
    itemOf: (guest) => placementItem(index, [guest], home),
    bytesOf: (guest) => movesOf(draft, guest).load.bytes,
  });
  if (made === null) return false;
  const names = item.guests.map((guest) => nameOfGuest(draft, guest)).join(', ');
  for (const { item: gone, to } of made.away) {
    const because = `frees ${showBytes(gone.memoryBytes)} that ${names} needs on ${nameOfHost(draft, home)}`;
    addMoves(draft, gone, to, (guest) => movesOf(draft, guest), because);
  }
  return true;
}

function clearHomeByCircle(
  draft: PlanDraft,
  item: PlacementItem,
  home: number,
  asked: ReadonlySet<number>,
): boolean {
  for (const guest of item.guests) changeRoom(draft.room, guest, item.from, -1);
  if (clearHome(draft, item, home, asked)) return true;
  for (const guest of item.guests) changeRoom(draft.room, guest, item.from, 1);
  return false;
}

function block(
  draft: PlanDraft,
  guest: number,
  home: number,
  because: string,
  remedies: readonly string[] = [],
): void {
  const found = draft.index.guests[guest];
  draft.blockers.push({
    guestId: found?.id ?? null,
    hostId: draft.index.hosts[home]?.id ?? null,
    because: `${found?.name} cannot come to ${nameOfHost(draft, home)}: ${because}`,
    remedies:
      remedies.length > 0 ? remedies : [`clear that on ${nameOfHost(draft, home)}, or leave it where it is`],
  });
}
