import type { Migration } from '../migration/migration.ts';
import { directoryOf } from '../check/show-values.ts';
import { imagesToBring } from '../strategy/plan-transfer.ts';
import { targetPathOf } from '../strategy/target-path-of.ts';
import { overlayRoom } from './overlay-room.ts';

/**
 * Bytes that migrations under way are still to write to their target, by directory: what their images take, less what was
 * brought already, which is gone from the room that the target tells.
 */
export function claimedRoom(
  migrations: readonly Pick<Migration, 'plan' | 'copies'>[],
): ReadonlyMap<string, number> {
  const claimed = new Map<string, number>();
  for (const { plan, copies } of migrations) {
    for (const { path, allocationBytes, toDevice } of imagesToBring(plan?.disks ?? [])) {
      if (toDevice === true) continue;
      const copy = copies.find((one) => one.path === path);
      const there = copy === undefined ? 0 : copy.resumedBytes + copy.sentBytes;
      const left = copy?.state === 'done' ? 0 : Math.max(0, allocationBytes - there);
      const directory = directoryOf(plan === null ? path : targetPathOf(plan, path));
      claimed.set(directory, (claimed.get(directory) ?? 0) + left);
    }
    // What of the overlays has come is small, and counted twice until the migration ends: rather too much than too little.
    for (const [directory, bytes] of overlayRoom(plan))
      claimed.set(directory, (claimed.get(directory) ?? 0) + bytes);
  }
  return claimed;
}
