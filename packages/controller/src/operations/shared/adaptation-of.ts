import type { AdaptedDisk, DomainAdaptation, StorageAdaptation } from '@ferry/hypervisor';
import { type CopiedDisk, targetPathOf } from '@ferry/model';
import { copiedDisks } from './copied-disks.ts';
import type { MoveContext } from './move-context.ts';

/** How the domain is to be on the target; null when it is to be as it is. */
export function adaptationOf(context: MoveContext): DomainAdaptation | null {
  const { networks, filter } = context.input;
  const storage = storageOf(context);
  const alike = Object.keys(networks).length === 0 && filter === null && storage === null;
  return alike ? null : { networks, filter, storage };
}

function storageOf(context: MoveContext): StorageAdaptation | null {
  const { plan, volumes } = context.input;
  const paths = plan.targetPaths ?? {};
  const disks = copiedDisks(context).flatMap((disk) => {
    const adapted = adaptedDisk(context, disk);
    return adapted === null ? [] : [[disk.target, adapted] as const];
  });
  const changes = Object.keys(paths).length + Object.keys(volumes.poolMap).length + disks.length;
  return changes === 0 ? null : { pools: volumes.poolMap, paths, disks: Object.fromEntries(disks) };
}

/** Null: the disk is there what it is here, and what it stands on is where its file says. */
function adaptedDisk({ input }: MoveContext, disk: CopiedDisk): AdaptedDisk | null {
  const { plan } = input;
  const path = targetPathOf(plan, disk.path);
  const byPool = input.volumes.byPool.includes(disk.target);
  const kind = disk.toDevice === true ? 'block' : 'file';
  const below = disk.backing.map((base) => ({ path: targetPathOf(plan, base.path), format: base.format }));
  // A disk that the hypervisor sends was made on the target and names what is there; a copied file names what is here.
  const copied = plan.form === 'cold' || disk.readOnly;
  const renamed = copied && disk.backing.some((base) => targetPathOf(plan, base.path) !== base.path);
  const otherKind = (disk.fromDevice === true) !== (disk.toDevice === true);
  if (!byPool && !renamed && !otherKind) return null;
  return { kind, path, byPool, backing: renamed ? below : null };
}
