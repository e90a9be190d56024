import type { Migration } from '@ferry/model';
import type { ListedMigration, MigrationRecord } from '../../../store/migrations/migration-records.ts';
import { microsecondsTime } from '../nova-time.ts';

/** Statuses in which a live migration is listed at its server, and linked to. */
export const inProgress: ReadonlySet<string> = new Set(['queued', 'preparing', 'running', 'post-migrating']);

/** Nova's word for what a migration is: a change of size is one of its own. */
function migrationType({ kind, resize }: Pick<Migration, 'kind' | 'resize'>): string {
  if (kind !== 'cold-migration') return kind;
  return resize === null ? 'migration' : 'resize';
}

/** A migration as GET /os-migrations tells it. */
export function migrationView(
  { migration, number, projectId, userId }: ListedMigration,
  minor: number,
  baseUrl: string,
): Record<string, unknown> {
  const { instanceId, status } = migration;
  const path = `servers/${instanceId}/migrations/${number}`;
  const linked = migration.kind === 'live-migration' && inProgress.has(status);
  return {
    id: number,
    ...(minor >= 59 ? { uuid: migration.id } : {}),
    ...hostsOf(migration),
    old_instance_type_id: 0,
    new_instance_type_id: 0,
    instance_uuid: instanceId,
    status,
    ...(minor >= 23 ? { migration_type: migrationType(migration) } : {}),
    ...(minor >= 80 ? { user_id: userId, project_id: projectId } : {}),
    created_at: microsecondsTime(migration.createdAt),
    updated_at: microsecondsTime(migration.updatedAt),
    ...(minor >= 23 && linked
      ? {
          links: [
            { rel: 'self', href: `${baseUrl}/v2.1/${path}` },
            { rel: 'bookmark', href: `${baseUrl}/${path}` },
          ],
        }
      : {}),
  };
}

/** A live migration as GET /servers/{id}/migrations tells it. */
export function serverMigrationView(
  { migration, number, projectId, userId }: MigrationRecord,
  minor: number,
): Record<string, unknown> {
  const { progress } = migration;
  const disk = progress?.diskBytes ?? 0;
  const total = progress?.totalBytes ?? 0;
  return {
    created_at: microsecondsTime(migration.createdAt),
    ...hostsOf(migration),
    // libvirt tells what is done and left for memory and disks together: all of it stands under memory.
    disk_processed_bytes: disk,
    disk_remaining_bytes: 0,
    disk_total_bytes: disk,
    id: number,
    memory_processed_bytes: Math.max(0, (progress?.doneBytes ?? 0) - disk),
    memory_remaining_bytes: progress?.remainingBytes ?? 0,
    memory_total_bytes: Math.max(0, total - disk),
    server_uuid: migration.instanceId,
    status: migration.status,
    updated_at: microsecondsTime(migration.updatedAt),
    ...(minor >= 59 ? { uuid: migration.id } : {}),
    ...(minor >= 80 ? { user_id: userId, project_id: projectId } : {}),
  };
}

function hostsOf({ sourceHost, targetHost }: ListedMigration['migration']): Record<string, string | null> {
  return {
    source_compute: sourceHost,
    source_node: sourceHost,
    dest_compute: targetHost,
    dest_node: targetHost,
    dest_host: null,
  };
}
