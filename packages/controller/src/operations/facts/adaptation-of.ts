import type { AdaptedDisk, DomainAdaptation, StorageAdaptation } from '@ferry/hypervisor';
import { type CopiedDisk, type DiskPlan, screenMove, targetPathOf } from '@ferry/model';
import type { MoveContext } from '../context/move-context.ts';
import type { MoveInput } from '../context/move-input.ts';

type KeptDisk = Extract<DiskPlan, { action: 'keep' }>;

/** How the domain is to be on the target; null when it is to be as it is. */
export function adaptationOf(context: MoveContext): DomainAdaptation | null {
  const { networks, ports, filter, resize = null } = context.input;
  const { source, target } = context.input;
  const screens = screenMove(
    { screenAddress: source.screenAddress ?? null },
    { screenAddress: target.screenAddress ?? null },
  );
  const storage = storageOf(context);
  const plugged = Object.keys(networks).length + Object.keys(ports).length;
  if (plugged === 0 && filter === null && storage === null && resize === null && screens === null)
    return null;
  return {
    networks,
    ports,
    filter,
    storage,
    ...(screens === null ? {} : { screens }),
    ...(resize === null ? {} : { size: resize.to }),
  };
}

function storageOf({ input }: MoveContext): StorageAdaptation | null {
  const { plan, storage } = input;
  const paths = plan.targetPaths ?? {};
  const disks = plan.disks.flatMap((disk) => {
    const adapted = disk.action === 'copy' ? copiedDisk(input, disk) : keptDisk(input, disk);
    return adapted === null ? [] : [[disk.target, adapted] as const];
  });
  const changes = Object.keys(paths).length + Object.keys(storage.poolMap).length + disks.length;
  return changes === 0 ? null : { pools: storage.poolMap, paths, disks: Object.fromEntries(disks) };
}

/** Null: the disk is there what it is here, and what it stands on is where its file says. */
function copiedDisk({ plan, storage }: MoveInput, disk: CopiedDisk): AdaptedDisk | null {
  const byPool = storage.byPool.includes(disk.target);
  // A disk that the hypervisor sends was made on the target and names what is there; a copied file names what is here.
  const copied = plan.form === 'cold' || disk.readOnly;
  const renamed = copied && disk.backing.some((base) => targetPathOf(plan, base.path) !== base.path);
  const otherKind = (disk.fromDevice === true) !== (disk.toDevice === true);
  if (!byPool && !renamed && !otherKind) return null;
  const kind = disk.toDevice === true ? 'block' : 'file';
  const place = { kind, path: targetPathOf(plan, disk.path) } as const;
  return { place, byPool, backing: renamed ? there(plan, disk.backing) : null };
}

function keptDisk({ plan }: MoveInput, { backing }: KeptDisk): AdaptedDisk | null {
  return backing === undefined ? null : { place: null, byPool: false, backing: there(plan, backing) };
}

function there(
  plan: MoveInput['plan'],
  backing: readonly { readonly path: string; readonly format: string }[],
): NonNullable<AdaptedDisk['backing']> {
  return backing.map(({ path, format }) => ({ path: targetPathOf(plan, path), format }));
}
