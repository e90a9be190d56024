import { changeRoom, memoryLimit, membersOn, roomOf } from './fleet-room.ts';
import { linksOf, movability, narrowest, wholeMs } from './move-time.ts';
import { fits, placementItem, type PlacementItem } from './placement-item.ts';
import { addMoves, nameOfHost, type PlanDraft } from './plan-draft.ts';
import { movesOf } from './plan-drain.ts';
import type { PlanGoal } from './fleet-plan.ts';

/** What a balance is weighed by. */
const rules = {
  /** A host is relieved when it uses so much more than the mean, of processors or of memory. */
  hysteresis: 0.1,
  /** What a move gains counts for this time, ms; what it costs, for as long as it takes. */
  horizonMs: 3_600_000,
  /** A guest that came not longer ago is let alone, where the goal does not say. */
  cooldownMs: 3_600_000,
  /** Contention: a host that uses more of its processors or memory than this. */
  contention: { cpus: 0.85, memory: 0.95 },
  /** So many targets are looked at for each guest, those that use least. */
  targets: 24,
};

/** What a host uses of its memory and processors, 0 to 1; processors 0 where nobody measured. */
interface Use {
  memory: number;
  cpus: number;
}

interface Gain {
  readonly guest: number;
  readonly item: PlacementItem;
  readonly to: number;
  readonly gain: number;
}

/**
 * Evens out the use of memory and processors over the hosts of some groups, or of all. A host that uses more than the mean by
 * the hysteresis gives guests to hosts that use less, one at a time, as long as what is gained over an hour is more than
 * what the move itself costs: while it goes on the guest is on both. The target must not be the next to be relieved, and a
 * guest that has just moved is let alone.
 */
export function planBalance(
  draft: PlanDraft,
  { groups, onContentionOnly, cooldownMs = rules.cooldownMs }: PlanGoal & { kind: 'balance' },
): void {
  const members = membersOf(draft, groups);
  if (members.length === 0) return;
  const use = new Map(members.map((host) => [host, useOf(draft, host)]));
  const mean = meanOf([...use.values()]);
  const restingSince = Date.parse(draft.index.state.readAt) - cooldownMs;
  const at = new Map<number, number[]>(
    members.map((host) => [host, candidatesOn(draft, host, restingSince)]),
  );
  const over = (host: number): number => excess(use.get(host), mean, onContentionOnly);
  const busy = members.filter((host) => over(host) > 0);
  while (busy.length > 0) {
    busy.sort((one, other) => over(other) - over(one) || one - other);
    const [host] = busy;
    if (host === undefined || over(host) <= 0) return;
    const best = bestMove(draft, host, at.get(host) ?? [], use, mean);
    if (best === null) {
      busy.shift();
      continue;
    }
    apply(draft, host, best, use, mean);
    at.set(
      host,
      (at.get(host) ?? []).filter((guest) => guest !== best.guest),
    );
  }
}

/** Hosts of the groups that answer; a group that nobody is of is a blocker. */
function membersOf(draft: PlanDraft, groups: readonly string[]): number[] {
  const { hosts } = draft.index;
  for (const group of groups) {
    if (hosts.some((host) => host.groups.includes(group))) continue;
    draft.blockers.push({
      guestId: null,
      hostId: null,
      because: `there is no host in group ${group}`,
      remedies: ['list the hosts with their groups, and name one of them'],
    });
  }
  return [...hosts.keys()].filter((host) => {
    const found = hosts[host];
    return (
      found?.service === 'up' && (groups.length === 0 || groups.some((group) => found.groups.includes(group)))
    );
  });
}

function useOf({ index, room }: PlanDraft, host: number): Use {
  const found = index.hosts[host];
  return {
    memory: (room.memory[host] ?? 0) / Math.max(1, memoryLimit(room, host)),
    cpus: (found?.cpuUsed ?? 0) / Math.max(1, found?.cpus ?? 1),
  };
}

function meanOf(uses: readonly Use[]): Use {
  const sum = (of: keyof Use): number => uses.reduce((total, use) => total + use[of], 0);
  return { memory: sum('memory') / uses.length, cpus: sum('cpus') / uses.length };
}

/** How far a host is above what it may use; not above 0: it is left alone. */
function excess(use: Use | undefined, mean: Use, onContentionOnly: boolean): number {
  if (use === undefined) return 0;
  const { contention, hysteresis } = rules;
  if (onContentionOnly) return Math.max(use.cpus - contention.cpus, use.memory - contention.memory);
  return Math.max(use.cpus - mean.cpus, use.memory - mean.memory) - hysteresis;
}

function candidatesOn({ index, options }: PlanDraft, host: number, restingSince: number): number[] {
  return index.guestsAt(host).filter((guest) => {
    const found = index.guests[guest];
    if (found === undefined || found.busyWith !== null || found.move.kind === 'off') return false;
    if (found.movedAt !== null && Date.parse(found.movedAt) > restingSince) return false;
    return movability(found, options).kind === 'moves';
  });
}

/** Sum of the squares of what is above the mean: least when all use the same. */
function badness(use: Use, mean: Use): number {
  return Math.max(0, use.memory - mean.memory) ** 2 + Math.max(0, use.cpus - mean.cpus) ** 2;
}

function shareOf({ index, room }: PlanDraft, guest: number, host: number): Use {
  return {
    memory: roomOf(index, guest).memoryBytes / Math.max(1, memoryLimit(room, host)),
    cpus: (index.guests[guest]?.cpuUsed ?? 0) / Math.max(1, index.hosts[host]?.cpus ?? 1),
  };
}

const plus = (use: Use, more: Use, sign: 1 | -1): Use => ({
  memory: use.memory + sign * more.memory,
  cpus: use.cpus + sign * more.cpus,
});

function bestMove(
  draft: PlanDraft,
  host: number,
  guests: readonly number[],
  use: ReadonlyMap<number, Use>,
  mean: Use,
): Gain | null {
  const { index, room, map } = draft;
  const before = use.get(host) ?? mean;
  const over = badness(before, mean);
  const targets = [...use]
    .filter(([to]) => to !== host && room.closed[to] === 0)
    .toSorted(([, one], [, other]) => Math.max(one.memory, one.cpus) - Math.max(other.memory, other.cpus));
  let best: Gain | null = null;
  for (const guest of guests) {
    const item = placementItem(index, [guest], host);
    const load = movesOf(draft, guest).load;
    const relieved = over - badness(plus(before, shareOf(draft, guest, host), -1), mean);
    let looked = 0;
    for (const [to, its] of targets) {
      if (looked === rules.targets || relieved <= (best?.gain ?? 0)) break;
      if (!fits(room, item, to)) continue;
      looked += 1;
      const after = plus(its, shareOf(draft, guest, to), 1);
      const takes = badness(after, mean) - badness(its, mean);
      const ms = wholeMs(load, narrowest(map, linksOf(map, host, to)));
      const gain = relieved - takes;
      if (gain * rules.horizonMs <= (Math.max(takes, 0) + relieved) * ms || gain <= (best?.gain ?? 0))
        continue;
      if (wouldBeNext(after, before, mean) || isDisliked(draft, item, to)) continue;
      best = { guest, item, to, gain };
    }
  }
  return best;
}

/** Look-ahead: a target that is above the mean by the hysteresis then, or above the source now, only moves the trouble. */
function wouldBeNext(after: Use, source: Use, mean: Use): boolean {
  return (
    excess(after, mean, false) > 0 ||
    Math.max(after.memory, after.cpus) >= Math.max(source.memory, source.cpus)
  );
}

/** Soft rules of server groups are not broken for balance. */
function isDisliked({ room }: PlanDraft, { likes, from }: PlacementItem, to: number): boolean {
  return likes.some(
    ({ group, sign }) => sign * (membersOn(room, group, to) - membersOn(room, group, from) + 1) < 0,
  );
}

function apply(
  draft: PlanDraft,
  host: number,
  { guest, item, to }: Gain,
  use: Map<number, Use>,
  mean: Use,
): void {
  const from = use.get(host) ?? mean;
  const its = use.get(to) ?? mean;
  const because = `${nameOfHost(draft, host)} uses ${describe(from)} and ${nameOfHost(draft, to)} ${describe(its)}`;
  use.set(host, plus(from, shareOf(draft, guest, host), -1));
  use.set(to, plus(its, shareOf(draft, guest, to), 1));
  changeRoom(draft.room, guest, to, 1);
  addMoves(draft, item, to, (number) => movesOf(draft, number), because);
}

function describe({ memory, cpus }: Use): string {
  return `${percent(memory)} of its memory${cpus > 0 ? ` and ${percent(cpus)} of its processors` : ''}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
