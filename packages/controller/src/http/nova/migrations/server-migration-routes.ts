import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { MigrationRecord } from '../../../store/migrations/migration-records.ts';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { inProject } from '../../access/access.ts';
import { askedBy, findServer } from '../servers/find-server.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { inProgress, serverMigrationView } from './migration-routes.ts';
import { abortLive } from '../../../operations/move/abort-live.ts';
import { forceComplete } from '../../../operations/move/force-complete.ts';

type OfServer = { Params: { id: string } };
type One = { Params: { id: string; number: string } };

const ForceSchema = Type.Object({ force_complete: Type.Null() }, { additionalProperties: false });

/** Live migrations of one server that go on, and what can be done to them. */
export function serverMigrationRoutes(app: App, { api }: RouteOptions): void {
  const path = '/servers/:id/migrations';
  app.get<OfServer>(path, spoken(inProject('manager', 'servers:migrations:index'), 23), (request) =>
    listOf(request, api),
  );
  app.get<One>(`${path}/:number`, spoken(inProject('admin', 'servers:migrations:show'), 23), (request) =>
    showOne(request, api),
  );
  app.post<One>(
    `${path}/:number/action`,
    spoken(inProject('manager', 'servers:migrations:force_complete'), 22),
    (request, reply) => force(request, reply, api),
  );
  app.delete<One>(
    `${path}/:number`,
    spoken(inProject('manager', 'servers:migrations:delete'), 24),
    (request, reply) => abort(request, reply, api),
  );
}

async function listOf(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const server = await findServer(request, api, request.params.id);
  const records = await api.store.migrationRecords.of(server.instance.id);
  const live = records.filter(goesOn);
  return { migrations: live.map((one) => serverMigrationView(one, request.microversion)) };
}

async function showOne(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { id, number } = request.params;
  const server = await findServer(request, api, id);
  const found = await recordOf(api, server, number);
  if (found === null || !goesOn(found))
    throw new NovaFault(404, `In-progress live migration ${number} is not found for server ${id}.`);
  return { migration: serverMigrationView(found, request.microversion) };
}

async function force(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  requireBody(ForceSchema, request.body, 'body');
  const { id, number } = request.params;
  const server = await findServer(request, api, id);
  const found = await recordOf(api, server, number);
  if (found === null)
    throw new NovaFault(400, `Migration ${number} not found for instance ${server.instance.id}`);
  requireMigrating(server, 'force_complete');
  const { status, kind } = found.migration;
  if (status !== 'running' || kind !== 'live-migration')
    throw new NovaFault(
      400,
      `Migration ${number} state of instance ${server.instance.id} is ${status}. Cannot force_complete while the migration is in this state.`,
    );
  await forceComplete(api.services, askedBy(request), found.migration);
  return reply.code(202).type('application/json').send();
}

async function abort(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  const { id, number } = request.params;
  const server = await findServer(request, api, id);
  requireMigrating(server, 'abort live migration');
  const found = await recordOf(api, server, number);
  if (found === null)
    throw new NovaFault(404, `Migration ${number} not found for instance ${server.instance.id}`);
  const { status, kind } = found.migration;
  const may = speaks(request, 65) ? ['queued', 'preparing', 'running'] : ['running'];
  if (!may.includes(status) || kind !== 'live-migration')
    throw new NovaFault(
      400,
      `Migration ${number} state of instance ${server.instance.id} is ${status}. Cannot abort while the migration is in this state.`,
    );
  await abortLive(api.services, askedBy(request), found.migration);
  // One that waits to be tried again reads it now.
  await api.start(found.migration.id);
  return reply.code(202).type('application/json').send();
}

function requireMigrating({ instance }: ServerRecord, what: string): void {
  if (instance.taskState === 'migrating') return;
  throw new NovaFault(409, `Instance ${instance.id} is in an invalid state for '${what}'`);
}

/** By the number that Nova's clients know it by; null where that is none of this server's. */
async function recordOf(
  api: Api,
  { instance }: ServerRecord,
  number: string,
): Promise<MigrationRecord | null> {
  const records = await api.store.migrationRecords.of(instance.id);
  return records.find((one) => String(one.number) === number) ?? null;
}

function goesOn({ migration }: MigrationRecord): boolean {
  return migration.kind === 'live-migration' && inProgress.has(migration.status);
}
