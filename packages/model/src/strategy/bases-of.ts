import { isMedium } from './is-medium.ts';
import type { BackingPlan, CopiedDisk } from './transfer-plan.ts';

/** What comes to the target with a disk and may be others', too, the deepest first: what it stands on, and a medium itself. */
export function basesOf(instanceId: string, disk: CopiedDisk): BackingPlan[] {
  const below = disk.backing.toReversed();
  if (!isMedium(instanceId, disk)) return below;
  const { path, format, capacityBytes, allocationBytes } = disk;
  return [...below, { path, format, capacityBytes, allocationBytes, action: 'bring' }];
}
