import { hasRole } from '@ferry/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MigrationQuery } from '../../../store/migrations/migration-records.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { sendList } from '../../routing/long-lists.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import { inProject } from '../../access/access.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { nextLink, pageOf, type Query, requireKnown, valuesOf } from '../paging.ts';
import { queryTime } from '../nova-time.ts';
import { migrationView } from './migration-view.ts';

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
