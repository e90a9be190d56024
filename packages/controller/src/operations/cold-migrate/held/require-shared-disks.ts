import { type DiskFacts, type DomainFacts, targetPathOf } from '@ferry/model';
import type { DecisionInput } from './held-decision.ts';

/**
 * Why the guest would not have at its source what it has written at the target, though its disks are on both: a disk there is another
 * image by now, as after a snapshot. What it stands on would be written to without it. Null: they are what they were.
 */
export function sharedDisksProblem(
  { plan, source, target, instanceName }: DecisionInput,
  there: DomainFacts,
): string | null {
  const disks = [...there.disks, ...(there.extras.nextDisks ?? [])].filter(isWritten);
  for (const kept of plan.disks) {
    if (kept.action !== 'keep' || kept.path === null) continue;
    const then = targetPathOf(plan, kept.path);
    const now = disks.find((disk) => disk.target === kept.target && disk.path !== then);
    if (now === undefined) continue;
    return (
      `disk ${kept.target} of ${instanceName} is ${now.path ?? now.kind} on ${target.name} by now, and was ${then}, which ${source.name} would go on with: ` +
      `what the guest has written since would be missing there. Merge it (virsh blockcommit ${instanceName} ${kept.target} --active --pivot on ${target.name}), or give the disk its image back, and revert then; or confirm the move.`
    );
  }
  return null;
}

const isWritten = ({ device, readOnly }: DiskFacts): boolean =>
  !readOnly && (device === 'disk' || device === 'lun');
