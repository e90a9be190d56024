import { hasRole, type Migration } from '@ferry/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type {
  ListedMigration,
  MigrationQuery,
  MigrationRecord,
} from '../../../store/migrations/migration-records.ts';
import { inProject } from '../../access/access.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { sendList } from '../../routing/long-lists.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { microsecondsTime, queryTime } from '../nova-time.ts';
import { nextLink, pageOf, type Query, requireKnown, valuesOf } from '../paging.ts';

/** Statuses in which a live migration is listed at its server, and linked to. */
export const inProgress: ReadonlySet<string> = new Set(['queued', 'preparing', 'running', 'post-migrating']);

/** Nova's word for what a migration is: a change of size is one of its own. */
function migrationType({ kind, resize }: Pick<Migration, 'kind' | 'resize'>): string {
  if (kind !== 'cold-migration') return kind;
  return resize === null ? 'migration' : 'resize';
}

/** A migration as GET /os-migrations tells it. */
function migrationView(
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

/** Words of the query, with the microversion that brought each. */
const words: readonly (readonly [string, number])[] = [
  ['hidden', 1],
  ['host', 1],
  ['instance_uuid', 1],
  ['source_compute', 1],
  ['status', 1],
  ['migration_type', 1],
  ['limit', 59],
  ['marker', 59],
  ['changes-since', 59],
  ['changes-before', 66],
  ['user_id', 80],
  ['project_id', 80],
];
/** Everything that there may be, where there are no pages. */
const withoutPages = 1000;

/** GET /os-migrations: moves of all kinds, past and present. */
export function migrationRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>(
    '/os-migrations',
    spoken(inProject('manager', 'os-migrations:index')),
    (request, reply) => listMigrations(request, reply, api),
  );
}

async function listMigrations(
  request: FastifyRequest<{ Querystring: Query }>,
  reply: FastifyReply,
  api: Api,
): Promise<FastifyReply> {
  const { caller, microversion: minor, query } = request;
  const admin = hasRole(caller, 'admin');
  if (speaks(request, 59)) requireKnown(query, knownWords(minor));
  const asked = queryOf(query, minor);
  // A manager sees the migrations of the own project, and not where they go.
  const wanted = admin ? asked : { ...asked, projectIds: [caller.projectId ?? ''] };
  const page = await api.store.migrationRecords.page(wanted);
  if (page === 'no-marker') throw new NovaFault(400, `Marker ${asked.marker ?? ''} not found.`);
  const baseUrl = publicUrl(request);
  const next = speaks(request, 59) ? nextLink(request, page, asked.limit, page.at(-1)?.migration.id) : null;
  return sendList(reply, 'migrations', page.length, async (list) => {
    await list.add(page, (one) => {
      const view = migrationView(one, minor, baseUrl);
      return admin ? view : withoutHosts(view);
    });
    return next === null ? {} : { migrations_links: next };
  });
}

function knownWords(minor: number): ReadonlySet<string> {
  return new Set(words.flatMap(([word, since]) => (minor >= since ? [word] : [])));
}

function queryOf(query: Query, minor: number): MigrationQuery {
  const one = (name: string): string | null => valuesOf(query, name)[0] ?? null;
  const list = (name: string): string[] | null => {
    const values = valuesOf(query, name);
    return values.length === 0 ? null : values;
  };
  const page = minor >= 59 ? pageOf(query) : { limit: withoutPages, marker: null };
  return {
    projectIds: minor >= 80 ? list('project_id') : null,
    userIds: minor >= 80 ? list('user_id') : null,
    instanceId: one('instance_uuid'),
    host: one('host'),
    sourceHost: one('source_compute'),
    statuses: list('status'),
    types: list('migration_type'),
    changedSince: minor >= 59 ? queryTime(query, 'changes-since') : null,
    changedBefore: minor >= 66 ? queryTime(query, 'changes-before') : null,
    ...page,
  };
}

function withoutHosts(view: Record<string, unknown>): Record<string, unknown> {
  const hidden = ['source_compute', 'source_node', 'dest_compute', 'dest_node', 'dest_host'];
  return Object.fromEntries(
    Object.entries(view).map(([key, value]) => [key, hidden.includes(key) ? null : value]),
  );
}
