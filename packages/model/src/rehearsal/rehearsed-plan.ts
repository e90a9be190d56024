import type { CopiedDisk, TransferPlan } from '../strategy/transfer-plan.ts';

/** What a migration would bring whole before it sends the guest, and a rehearsal leaves where it is. */
export interface BroughtLater {
  readonly images: number;
  readonly bytes: number;
}

/**
 * The plan of a migration without what would be brought whole: base images, and disks that are only read. It would be taken away again
 * at once. Images that the hypervisor fills are made all the same, on no base where theirs is not there yet.
 */
export function rehearsedPlan(plan: TransferPlan): {
  readonly plan: TransferPlan;
  readonly later: BroughtLater;
} {
  const copied = plan.disks.filter((disk) => disk.action === 'copy');
  const whole = copied.filter((disk) => disk.readOnly);
  const bases = new Map(copied.flatMap(missingBases).map((base) => [base.path, base]));
  const later = [...whole, ...bases.values()];
  return {
    plan: {
      ...plan,
      copyBytes: 0,
      disks: plan.disks
        .filter((disk) => !(disk.action === 'copy' && disk.readOnly))
        .map((disk) =>
          disk.action === 'copy' && missingBases(disk).length > 0 ? { ...disk, backing: [] } : disk,
        ),
    },
    later: {
      images: later.length,
      bytes: later.reduce((sum, { allocationBytes }) => sum + allocationBytes, 0),
    },
  };
}

function missingBases({ backing }: CopiedDisk): CopiedDisk['backing'] {
  return backing.filter(({ action }) => action !== 'present');
}
