import { directoryOf } from '../check/show-values.ts';
import type { TransferPlan } from '../strategy/transfer-plan.ts';

const mebibyte = 1024 * 1024;
/** What a guest writes while its disk is copied is not known: a tenth of what the disk takes, and no less than this. */
const share = 0.1;
const leastBytes = 64 * mebibyte;

/**
 * Bytes to be had in each directory for the overlays of a warm copy, on either host: what the guest may write, once in the
 * overlay and once more in the image that it is merged into.
 */
export function overlayRoom(plan: Pick<TransferPlan, 'disks' | 'warm'> | null): ReadonlyMap<string, number> {
  const room = new Map<string, number>();
  for (const disk of plan?.disks ?? []) {
    if (disk.action !== 'copy' || plan?.warm?.includes(disk.target) !== true) continue;
    const bytes = Math.min(disk.capacityBytes, Math.max(leastBytes, Math.ceil(disk.allocationBytes * share)));
    const directory = directoryOf(disk.path);
    room.set(directory, (room.get(directory) ?? 0) + 2 * bytes);
  }
  return room;
}
