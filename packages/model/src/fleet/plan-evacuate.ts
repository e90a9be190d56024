import { findPlaces } from './find-places.ts';
import type { FleetGuest } from './fleet-state.ts';
import type { Movability } from './movability.ts';
import { itemsOf } from './placement-item.ts';
import { knownHosts, type PlanDraft } from './plan-draft.ts';
import { heldBack, movesOf } from './plan-drain.ts';

/** Reckoned for the start of a guest from its disks, ms. */
const startMs = 15_000;

/**
 * Starts elsewhere what ran on a host that is off, by priority. Only guests whose disks others reach; that the host is known
 * to be off is for whoever runs the plan to ask, before the first of them is started.
 */
export function planEvacuate(draft: PlanDraft, hostId: string): void {
  const { index } = draft;
  for (const host of knownHosts(draft, [hostId])) {
    const found = index.hosts[host];
    if (found?.service === 'up') {
      draft.blockers.push({
        guestId: null,
        hostId,
        because: `${found.name} answers, and what runs there would run twice`,
        remedies: [`drain ${found.name}`, 'confirm that it is off'],
      });
      return;
    }
    draft.room.closed[host] = 1;
    const blocked = new Set<number>();
    const movable = index.guestsAt(host).filter((guest) => {
      const one = index.guests[guest];
      if (one === undefined) return false;
      if (one.move.kind === 'off') {
        draft.stays.push({ guestId: one.id, because: 'is off' });
        return false;
      }
      if (one.diskBytes === 0) return true;
      blocked.add(guest);
      draft.blockers.push({ guestId: one.id, hostId, ...unreachable(one, found?.name ?? hostId) });
      return false;
    });
    const items = itemsOf(index, movable, host).filter((item) => !heldBack(draft, item, blocked));
    findPlaces(draft, {
      items,
      because: () => `${found?.name ?? hostId} is off`,
      how: (guest) => (index.at[guest] === host ? startedAnew : movesOf(draft, guest)),
      needs: () => [],
      priority: ({ guests }) => Math.max(...guests.map((guest) => index.guests[guest]?.priority ?? 0)),
      mayClear: () => true,
    });
  }
}

const startedAnew: Movability & { kind: 'moves' } = {
  kind: 'moves',
  how: 'evacuate',
  load: { bytes: 0, dirtyBytesPerSecond: 0, prepareMs: startMs, downtimeMs: 0 },
  downtimeMs: null,
};

function unreachable({ name }: FleetGuest, host: string): { because: string; remedies: string[] } {
  return {
    because: `${name} has disks on ${host} alone, which nobody reaches`,
    remedies: [`bring ${host} back`, `restore ${name} from a backup`],
  };
}
