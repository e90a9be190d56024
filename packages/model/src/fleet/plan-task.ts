import type { FleetPlan, PlanAction, PlanOptions } from './fleet-plan.ts';
import type { FleetHost } from './fleet-state.ts';
import { type LinkMap, linksOf, type MoveLoad, narrowest, sendMs, wholeMs } from './move-time.ts';

/** What a plan has to do, before it is known when. Tasks are named by their place in their list. */
export type PlanTask = MoveTask | FixedTask;

interface TaskOrder {
  /** Tasks that must have ended before this one begins, room apart. */
  readonly needs: readonly number[];
  readonly because: string;
}

/** A guest goes from host to host, both by number. */
export interface MoveTask extends TaskOrder {
  readonly kind: 'move';
  readonly guest: number;
  readonly from: number;
  readonly to: number;
  readonly how: 'live' | 'cold' | 'evacuate';
  readonly load: MoveLoad;
  /** Null where nobody knows it; `load` reckons with 0 then. */
  readonly downtimeMs: number | null;
  readonly isPivot: boolean;
  /** Greater begins first, before what the order of the plan says. */
  readonly rank: number;
}

/** Anything else; takes a time, and no links. */
export interface FixedTask extends TaskOrder {
  readonly kind: 'fixed';
  readonly action: Exclude<PlanAction, { kind: 'move' }>;
  readonly durationMs: number;
}

/** When a task begins and ends, ms from the begin of the plan. */
export interface TaskTime {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** What adds up for a link, a host's slots or the fleet. */
interface Sum {
  ms: number;
  /** The least that comes before its first transfer and after its last. */
  aroundMs: number;
  count: number;
}

/**
 * No order of these moves ends sooner: every link must carry what goes through it, even if never idle, and each guest's
 * changes with it; every host and the fleet let only so many run at once; and no move is shorter than alone.
 */
export function lowerBound(
  moves: readonly MoveTask[],
  hosts: readonly FleetHost[],
  map: LinkMap,
  limits: PlanOptions['limits'],
): FleetPlan['lowerBound'] {
  const byLink = new Map<number, Sum>();
  const bySource = new Map<number, Sum>();
  const byTarget = new Map<number, Sum>();
  let fleetMs = 0;
  let longestMs = 0;
  for (const { load, from, to, how } of moves) {
    const links = how === 'evacuate' ? [] : linksOf(map, from, to);
    const bytesPerSecond = narrowest(map, links);
    const transfer = how === 'evacuate' ? 0 : sendMs(load, bytesPerSecond);
    const whole = how === 'evacuate' ? load.prepareMs + load.downtimeMs : wholeMs(load, bytesPerSecond);
    const around = load.prepareMs + load.downtimeMs;
    for (const link of links)
      add(byLink, link, transfer * (bytesPerSecond / (map.bytesPerSecond[link] ?? bytesPerSecond)), around);
    if (how !== 'evacuate') add(bySource, from, whole, 0);
    add(byTarget, to, whole, 0);
    fleetMs += whole;
    longestMs = Math.max(longestMs, whole);
  }
  const name = (host: number): string => hosts[host]?.name ?? `host ${host}`;
  return [
    greatest(byLink, (link) => `${map.names[link]}, carries`, 1),
    greatest(
      bySource,
      (host) => `${name(host)} lets ${limits.perSource} leave at once, of`,
      limits.perSource,
    ),
    greatest(byTarget, (host) => `${name(host)} lets ${limits.perTarget} come at once, of`, limits.perTarget),
    {
      ms: fleetMs / limits.fleet,
      because: `the fleet lets ${limits.fleet} move at once, of ${moves.length}`,
    },
    { ms: longestMs, because: 'the longest move alone' },
  ].reduce((most, one) => (one.ms > most.ms ? one : most));
}

function add(sums: Map<number, Sum>, key: number, ms: number, aroundMs: number): void {
  const sum = sums.get(key);
  if (sum === undefined) {
    sums.set(key, { ms, aroundMs, count: 1 });
    return;
  }
  sum.ms += ms;
  sum.aroundMs = Math.min(sum.aroundMs, aroundMs);
  sum.count += 1;
}

function greatest(
  sums: ReadonlyMap<number, Sum>,
  what: (key: number) => string,
  atOnce: number,
): { ms: number; because: string } {
  let best = { ms: 0, because: 'nothing moves' };
  for (const [key, { ms, aroundMs, count }] of sums) {
    const bound = ms / Math.max(1, atOnce) + aroundMs;
    if (bound > best.ms)
      best = { ms: bound, because: `${what(key)} ${count} ${count === 1 ? 'move' : 'moves'}` };
  }
  return best;
}
