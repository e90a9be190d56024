import type { Sighting } from '../migration/sighting.ts';
import { type HostShows, hostShows, isStill } from './host-shows.ts';

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
