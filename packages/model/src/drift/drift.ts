import type { Instance } from '../instance/instance.ts';
import type { Sighting } from '../migration/sighting.ts';
import { driftRow, type AmbiguousBecause } from './drift-table.ts';
import { holdsMemory, type HostShows, hostShows, isRunner, isStill } from './host-shows.ts';

/** Hosts that the instance was ever on or was to move to, as far as Ferry recorded; `all`: whichever shows it is believed. */
export type HadIt = ReadonlySet<string> | 'all';

/** What its own host shows when it has the instance no more: it has let go of it by its own word. */
const letGo: ReadonlySet<HostShows> = new Set(['nothing', 'off as migrated']);

/**
 * Hosts that show a domain of the instance's uuid, were never recorded to have it, and are not believed. Whoever is root on
 * a host can define any uuid there: that says nothing of the guest at its own host. One such host is believed where the
 * instance's own host answers and has it no more, and no other that had it does: then somebody has moved it there by hand.
 */
export function claimants(
  hostId: string,
  shown: ReadonlyMap<string, Sighting>,
  hadIt: HadIt,
): readonly string[] {
  if (hadIt === 'all') return [];
  const others = [...shown].filter(([id, sighting]) => id !== hostId && sighting.kind === 'present');
  const claiming = others.flatMap(([id]) => (hadIt.has(id) ? [] : [id])).toSorted();
  const own = shown.get(hostId);
  const isLetGo = own !== undefined && letGo.has(hostShows(own));
  const isElsewhere = others.some(([id, sighting]) => hadIt.has(id) && !isStill(hostShows(sighting)));
  return isLetGo && !isElsewhere && claiming.length === 1 ? [] : claiming;
}

/** What the record says of an instance that no migration holds. */
type Recorded = Pick<Instance, 'hostId' | 'powerState' | 'fault'>;

/** How what the hosts show stands to the record. Host ids, in order. */
export type Drift =
  | { readonly kind: 'as-recorded' }
  /** Somebody moves or starts it at this moment: look again later. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'moved'; readonly hostId: string; readonly guest: 'runs' | 'paused' | 'off' }
  /** Others have moved it to a host that is in maintenance and takes nobody: the record does not follow. */
  | { readonly kind: 'not-taken'; readonly hostId: string }
  /** All hosts answer and none knows it. */
  | { readonly kind: 'vanished' }
  /** Nothing is seen of it, and a host that may have it does not answer. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'ambiguous'; readonly because: AmbiguousBecause }
  /** It runs more than once. `withoutGap`: the one that has run on, as far as was seen; null where that is not known. */
  | {
      readonly kind: 'two-runners';
      readonly hostIds: readonly string[];
      readonly withoutGap: string | null;
    }
  /** More than one host holds memory of it; at most one runs it. */
  | { readonly kind: 'two-copies'; readonly hostIds: readonly string[] }
  /** It is where it should be, and these hosts have a copy that does not run. */
  | { readonly kind: 'stale-copy'; readonly hostIds: readonly string[] }
  /**
   * It is as recorded, and hosts that never had it show a domain of its uuid. `runners`: those that run it while its own host
   * does, which nothing excuses: a guest that moves is never seen to run on both.
   */
  | { readonly kind: 'claimed'; readonly hostIds: readonly string[]; readonly runners: readonly string[] };

/**
 * Decides by the drift table, from what hosts show that may have the instance, and from nothing else: no events, no clocks.
 * What others claim is told, and decides nothing.
 */
export function drift(recorded: Recorded, all: ReadonlyMap<string, Sighting>, hadIt: HadIt = 'all'): Drift {
  const hostIds = claimants(recorded.hostId, all, hadIt);
  const shown = new Map([...all].filter(([id]) => !hostIds.includes(id)));
  const found = driftAmong(recorded, shown);
  if (found.kind !== 'as-recorded' || hostIds.length === 0) return found;
  const runs = (id: string): boolean => {
    const sighting = all.get(id);
    return sighting !== undefined && isRunner(hostShows(sighting));
  };
  const sighting = all.get(recorded.hostId);
  const own = sighting === undefined ? 'no answer' : hostShows(sighting);
  // Somebody may move it there by hand: until it runs there, what that host shows belongs to the move.
  if (own === 'runs with a job' && !hostIds.some(runs)) return { kind: 'wait' };
  return { kind: 'claimed', hostIds, runners: own === 'runs' ? hostIds.filter(runs) : [] };
}

function driftAmong(recorded: Recorded, shown: ReadonlyMap<string, Sighting>): Drift {
  const words = new Map([...shown].map(([id, sighting]) => [id, hostShows(sighting)]));
  const itsHost = words.get(recorded.hostId) ?? 'no answer';
  const others = new Map([...words].filter(([id]) => id !== recorded.hostId));
  const { drift: kind, because } = driftRow(itsHost, [...others.values()]);
  switch (kind) {
    case 'moved':
      return movedTo(others);
    case 'ambiguous':
      return { kind, because: because ?? 'may run on both' };
    case 'two-runners':
      return {
        kind,
        hostIds: idsOf(words, isRunner),
        withoutGap: ranWithoutGap(recorded, shown),
      };
    case 'two-copies':
      return { kind, hostIds: idsOf(words, (word) => holdsMemory(word) || word === 'stands still') };
    case 'stale-copy':
      return { kind, hostIds: idsOf(others, isStill) };
    default:
      return { kind };
  }
}

function movedTo(others: ReadonlyMap<string, HostShows>): Drift {
  const found =
    [...others].find(([, word]) => holdsMemory(word)) ?? [...others].find(([, word]) => word === 'off');
  if (found === undefined) throw new Error('a row of the drift table says moved and names no host');
  const [hostId, word] = found;
  if (isRunner(word)) return { kind: 'moved', hostId, guest: 'runs' };
  return { kind: 'moved', hostId, guest: word === 'off' ? 'off' : 'paused' };
}

/**
 * The one of several that has run on all the time. A migration that was cancelled at its end let its source stand still
 * meanwhile; and one that the look before saw running where it is recorded ran there before the others. One whose host was
 * out of sight may have been started anew.
 */
function ranWithoutGap(recorded: Recorded, shown: ReadonlyMap<string, Sighting>): string | null {
  const runners = [...shown].flatMap(([id, one]) =>
    one.kind === 'present' && one.state === 'running' ? [{ id, reason: one.reason }] : [],
  );
  const onward = runners.filter(({ reason }) => reason !== 'migration canceled');
  if (onward.length === 1 && runners.length > 1) return onward[0]?.id ?? null;
  const wasSeen = recorded.powerState === 'running' && isInSight(recorded);
  return wasSeen && onward.some(({ id }) => id === recorded.hostId) ? recorded.hostId : null;
}

/** The look before this one saw it where it is recorded. */
function isInSight({ fault }: Recorded): boolean {
  return fault === null || fault.kind === 'stale-copy' || fault.kind === 'claimed';
}

function idsOf(words: ReadonlyMap<string, HostShows>, which: (word: HostShows) => boolean): string[] {
  return [...words].flatMap(([id, word]) => (which(word) ? [id] : [])).toSorted();
}
