import { basesOf, type FileCopy, type Migration, targetPathOf } from '@ferry/model';
import type { Services } from '../../engine/services.ts';

/** Migrations beside one that have to do with a base image. */
export interface OthersWithBase {
  /** It brings the image to that host, or is to. */
  readonly brings: Migration | null;
  /** A part of the image stands there that it goes on with or takes away. */
  readonly left: Migration | null;
  /** They count on the image, wherever they go. */
  readonly need: readonly Migration[];
}

/** What the other migrations that are not over, clean-up included, have to do with an image on a host. */
export async function othersWithBase(
  { store }: Services,
  hostId: string,
  path: string,
  except: string | null,
): Promise<OthersWithBase> {
  const all = (await store.migrations.underWay()).filter(({ id }) => id !== except);
  const need: Migration[] = [];
  for (const migration of all.filter((one) => standsOn(one, path)))
    if (!(await store.operations.isTakenBack(migration.id))) need.push(migration);
  const here = all.filter(({ targetHostId }) => targetHostId === hostId);
  const has = (migration: Migration, which: (copy: FileCopy) => boolean): boolean =>
    migration.copies.some((copy) => targetPathOf(migration.plan ?? {}, copy.path) === path && which(copy));
  return {
    brings:
      need.find((one) => here.includes(one) && standsOn(one, path, 'bring') && !has(one, isDone)) ?? null,
    left: here.find((one) => has(one, isPart)) ?? null,
    need,
  };
}

const isDone = ({ state }: FileCopy): boolean => state === 'done';
/** What goes straight from host to host has a name of its own until it is whole. */
const isPart = ({ state, way }: FileCopy): boolean => state === 'begun' && way.kind === 'streams';

/** One that has ended needs nothing, whatever is left to clean up. */
function standsOn({ plan, finishedAt, instanceId }: Migration, path: string, action?: 'bring'): boolean {
  if (finishedAt !== null) return false;
  return (plan?.disks ?? []).some(
    (disk) =>
      disk.action === 'copy' &&
      basesOf(instanceId, disk).some(
        (base) =>
          // It is read at one path and may stand at another.
          (base.path === path || targetPathOf(plan ?? {}, base.path) === path) &&
          (action === undefined || base.action === action),
      ),
  );
}
