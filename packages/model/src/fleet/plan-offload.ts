import { findPlaces } from './find-places.ts';
import { changeRoom, memoryLimit, roomOf } from './fleet-room.ts';
import { movability } from './move-time.ts';
import { fits, placementItem } from './placement-item.ts';
import { knownHosts, nameOfHost, type PlanDraft } from './plan-draft.ts';
import { movesOf } from './plan-drain.ts';

/** A guest that could leave, and what its leaving frees and sends. */
interface CoverCandidate {
  readonly guest: number;
  readonly bytes: number;
  readonly frees: { readonly memoryBytes: number; readonly cpus: number };
}

/** What is to be freed; 0 or less: nothing. */
interface CoverNeed {
  readonly memoryBytes: number;
  readonly cpus: number;
}

/** So many partial choices are looked at; with more the best so far is taken. */
const maxNodes = 50_000;

/**
 * The guests that free what is needed with the fewest bytes, exact for the few dozens that a host has (branch and bound), and
 * the best found for more. Null where all of them together free too little.
 */
function chooseCover(candidates: readonly CoverCandidate[], need: CoverNeed): number[] | null {
  const worth = ({ frees, bytes }: CoverCandidate): number =>
    (part(frees.memoryBytes, need.memoryBytes) + part(frees.cpus, need.cpus)) / Math.max(1, bytes);
  const sorted = candidates
    .filter((one) => worth(one) > 0)
    .toSorted(
      (one, other) => worth(other) - worth(one) || one.bytes - other.bytes || one.guest - other.guest,
    );
  const rest = restOf(sorted);
  const best: { guests: number[] | null; bytes: number } = { guests: null, bytes: Number.POSITIVE_INFINITY };
  const chosen: number[] = [];
  let nodes = 0;
  const look = (place: number, memoryBytes: number, cpus: number, bytes: number): void => {
    if (bytes >= best.bytes) return;
    if (memoryBytes <= 0 && cpus <= 0) {
      best.guests = [...chosen];
      best.bytes = bytes;
      return;
    }
    const one = sorted[place];
    const left = rest[place];
    nodes += 1;
    if (one === undefined || left === undefined || nodes > maxNodes) return;
    if (left.memoryBytes < memoryBytes || left.cpus < cpus) return;
    if (bytes + leastBytes(one, need, memoryBytes, cpus) >= best.bytes) return;
    chosen.push(one.guest);
    look(place + 1, memoryBytes - one.frees.memoryBytes, cpus - one.frees.cpus, bytes + one.bytes);
    chosen.pop();
    look(place + 1, memoryBytes, cpus, bytes);
  };
  look(0, need.memoryBytes, need.cpus, 0);
  return best.guests;
}

function part(frees: number, need: number): number {
  return need > 0 ? Math.min(1, frees / need) : 0;
}

/** No candidate from here on frees a part of the need with fewer bytes than the first of them. */
function leastBytes(
  { frees, bytes }: CoverCandidate,
  need: CoverNeed,
  memoryBytes: number,
  cpus: number,
): number {
  const missing =
    (need.memoryBytes > 0 ? Math.max(0, memoryBytes) / need.memoryBytes : 0) +
    (need.cpus > 0 ? Math.max(0, cpus) / need.cpus : 0);
  const each = part(frees.memoryBytes, need.memoryBytes) + part(frees.cpus, need.cpus);
  return (missing * bytes) / each;
}

/** What all candidates from each place on free together. */
function restOf(sorted: readonly CoverCandidate[]): CoverNeed[] {
  const rest: CoverNeed[] = [];
  let memoryBytes = 0;
  let cpus = 0;
  for (const { frees } of sorted.toReversed()) {
    memoryBytes += frees.memoryBytes;
    cpus += frees.cpus;
    rest.push({ memoryBytes, cpus });
  }
  return rest.toReversed();
}

/**
 * Brings the use of a host's memory and processors below a share of each with the fewest bytes. Guests that have no place
 * elsewhere are left out, and others are looked for.
 */
export function planOffload(draft: PlanDraft, hostId: string, below: number): void {
  const { index, room } = draft;
  const [host] = knownHosts(draft, [hostId]);
  if (host === undefined) return;
  const name = nameOfHost(draft, host);
  if (index.hosts[host]?.service === 'down') {
    const because = `${name} does not answer, and none of its guests can be moved`;
    draft.blockers.push({ guestId: null, hostId, because, remedies: [`bring ${name} back`] });
    return;
  }
  const use = useOf(draft, host);
  const need: CoverNeed = {
    memoryBytes: use.memoryBytes - below * memoryLimit(room, host),
    cpus: use.cpus - below * (index.hosts[host]?.cpus ?? 0),
  };
  if (need.memoryBytes <= 0 && need.cpus <= 0) return;
  const because = `${name} uses ${shares(draft, host, use)} and is to use less than ${percent(below)}`;
  let candidates = candidatesOn(draft, host);
  for (;;) {
    const chosen = chooseCover(candidates, need);
    if (chosen === null) {
      const all = candidates.reduce((sum, { frees }) => sum + frees.memoryBytes, 0);
      const cpus = candidates.reduce((sum, { frees }) => sum + frees.cpus, 0);
      const rest = { memoryBytes: use.memoryBytes - all, cpus: use.cpus - cpus };
      draft.blockers.push({
        guestId: null,
        hostId,
        because: `${because}; with all that can leave and has a place elsewhere gone it uses ${shares(draft, host, rest)}`,
        remedies: ['add a host', 'ask for a greater share'],
      });
      return;
    }
    const unplaced = tryPlaces(draft, host, chosen);
    if (unplaced.size === 0) {
      findPlaces(draft, requestOf(draft, host, chosen, because));
      return;
    }
    candidates = candidates.filter(({ guest }) => !unplaced.has(guest));
  }
}

function requestOf(
  draft: PlanDraft,
  host: number,
  guests: readonly number[],
  because: string,
): Parameters<typeof findPlaces>[1] {
  return {
    items: guests.map((guest) => placementItem(draft.index, [guest], host)),
    because: () => because,
    how: (guest) => movesOf(draft, guest),
    needs: () => [],
    mayClear: () => false,
  };
}

/** Which of them have no place when the largest are placed first; the room is as it was afterwards. */
function tryPlaces({ index, room }: PlanDraft, host: number, guests: readonly number[]): ReadonlySet<number> {
  const unplaced = new Set<number>();
  const placed: { guest: number; to: number }[] = [];
  const items = guests
    .map((guest) => ({ guest, item: placementItem(index, [guest], host) }))
    .toSorted((one, other) => other.item.memoryBytes - one.item.memoryBytes);
  for (const { guest, item } of items) {
    const to = index.hosts.findIndex((_, number) => fits(room, item, number));
    if (to < 0) unplaced.add(guest);
    else {
      changeRoom(room, guest, to, 1);
      placed.push({ guest, to });
    }
  }
  for (const { guest, to } of placed) changeRoom(room, guest, to, -1);
  return unplaced;
}

/** Guests that may move, are not busy, are held by no affinity, and have a place by themselves. */
function candidatesOn(draft: PlanDraft, host: number): CoverCandidate[] {
  const { index, options, room } = draft;
  return index.guestsAt(host).flatMap((guest) => {
    const found = index.guests[guest];
    if (found === undefined || found.busyWith !== null) return [];
    const how = movability(found, options);
    const item = placementItem(index, [guest], host);
    if (how.kind !== 'moves' || !index.hosts.some((_, to) => fits(room, item, to))) return [];
    const { memoryBytes } = roomOf(index, guest);
    return [{ guest, bytes: how.load.bytes, frees: { memoryBytes, cpus: found.cpuUsed ?? 0 } }];
  });
}

/** Memory that guests take, and processors in use, measured or 0. */
function useOf({ index, room }: PlanDraft, host: number): CoverNeed {
  return { memoryBytes: room.memory[host] ?? 0, cpus: index.hosts[host]?.cpuUsed ?? 0 };
}

function shares({ index, room }: PlanDraft, host: number, { memoryBytes, cpus }: CoverNeed): string {
  const found = index.hosts[host];
  const memory = `${percent(memoryBytes / Math.max(1, memoryLimit(room, host)))} of its memory`;
  return found === undefined || found.cpuUsed === null
    ? memory
    : `${memory} and ${percent(cpus / Math.max(1, found.cpus))} of its processors`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
