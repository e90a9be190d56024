import { type FileUser, type Migration, targetPathOf } from '@ferry/model';
import type { Services } from '../../engine/services.ts';

/** Other migrations under way that read a file of a host, or bring it there. */
export async function movesWithFile(
  { store }: Services,
  hostId: string,
  path: string,
  { migrationId }: { readonly migrationId: string | null },
): Promise<FileUser[]> {
  const others = (await store.migrations.underWay()).filter((one) => one.id !== migrationId);
  const found: FileUser[] = [];
  for (const one of others.filter((other) => isAtFile(other, hostId, path)))
    if (!(await store.operations.isTakenBack(one.id)))
      found.push({ kind: 'migration', id: one.id, instanceName: one.instanceName });
  return found;
}

/** One that has ended needs nothing, whatever is left to clean up. */
function isAtFile(
  { plan, finishedAt, sourceHostId, targetHostId }: Migration,
  hostId: string,
  path: string,
): boolean {
  if (finishedAt !== null || plan === null) return false;
  const files = plan.disks.flatMap((disk) =>
    disk.action === 'copy' ? [disk.path, ...disk.backing.map((base) => base.path)] : [],
  );
  return files.some(
    (file) =>
      (sourceHostId === hostId && file === path) ||
      (targetHostId === hostId && targetPathOf(plan, file) === path),
  );
}
