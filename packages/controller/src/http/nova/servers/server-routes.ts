import { Type } from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { sendList } from '../../routing/long-lists.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import { inProject } from '../../access/access.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { linkAfter, type Query } from '../paging.ts';
import { requireBody } from '../require-body.ts';
import { accessAddressFields, readAccessAddresses } from './server-addresses.ts';
import { findServer, noServer } from './find-server.ts';
import { serverQuery } from './server-filters.ts';
import { serverSummary, serverView, type ServerViewOptions } from './server-view.ts';
import { changeServer } from '../../../operations/servers/change-server.ts';

type One = { Params: { id: string } };

const changes = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  ...accessAddressFields,
  // Read and not heeded: Ferry changes no partitions in a guest's disk in any case, which is MANUAL.
  'OS-DCF:diskConfig': Type.Optional(Type.Enum(['AUTO', 'MANUAL'])),
};
const described = {
  ...changes,
  description: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
};
/** Since 2.90 the name that the guest is told to have; it is told at its next start, if at all. */
const named = {
  ...described,
  hostname: Type.Optional(
    Type.String({ minLength: 2, maxLength: 63, pattern: '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$' }),
  ),
};
const ChangeSince90Schema = Type.Object({ server: Type.Object(named, { additionalProperties: false }) });
const ChangeSchema = Type.Object({ server: Type.Object(changes, { additionalProperties: false }) });
const ChangeSince19Schema = Type.Object({ server: Type.Object(described, { additionalProperties: false }) });

/** Servers: list, show, rename. */
export function serverRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>(
    '/servers',
    spoken(inProject('reader', 'servers:index')),
    (request, reply) =>
      listServers(request, reply, api, (server, { baseUrl }) => serverSummary(server, baseUrl)),
  );
  app.get<{ Querystring: Query }>(
    '/servers/detail',
    spoken(inProject('reader', 'servers:detail')),
    (request, reply) => listServers(request, reply, api, serverView),
  );
  app.get<One>('/servers/:id', spoken(inProject('reader', 'servers:show')), (request) =>
    showServer(request, api),
  );
  app.put<One>('/servers/:id', spoken(inProject('member', 'servers:update')), (request) =>
    updateServer(request, api),
  );
}

async function showServer(request: FastifyRequest<One>, api: Api): Promise<object> {
  const server = await findServer(request, api, request.params.id);
  return { server: told(request, server, 'one') };
}

async function updateServer(request: FastifyRequest<One>, api: Api): Promise<object> {
  const older = speaks(request, 19) ? ChangeSince19Schema : ChangeSchema;
  const schema = speaks(request, 90) ? ChangeSince90Schema : older;
  const { server: asked } = requireBody(schema, request.body, 'body');
  const { accessIPv4, accessIPv6, 'OS-DCF:diskConfig': _, ...said } = asked;
  const addresses = readAccessAddresses({
    ...(accessIPv4 === undefined ? {} : { accessIPv4 }),
    ...(accessIPv6 === undefined ? {} : { accessIPv6 }),
  });
  await findServer(request, api, request.params.id);
  const after = await changeServer(api.services, request.params.id, () => ({ ...said, ...addresses }));
  if (after === null) throw noServer(request.params.id);
  return { server: told(request, after, speaks(request, 75) ? 'one' : 'changed') };
}

function told(
  request: FastifyRequest,
  server: ServerRecord,
  place: ServerViewOptions['place'],
): Record<string, unknown> {
  return serverView(server, viewOptions(request, place));
}

function viewOptions(request: FastifyRequest, place: ServerViewOptions['place']): ServerViewOptions {
  return { caller: request.caller, minor: request.microversion, baseUrl: publicUrl(request), place };
}

async function listServers(
  request: FastifyRequest<{ Querystring: Query }>,
  reply: FastifyReply,
  api: Api,
  view: (server: ServerRecord, options: ServerViewOptions) => Record<string, unknown>,
): Promise<FastifyReply> {
  const query = serverQuery(request.query, request.caller, request.microversion);
  if (query === null) return reply.send({ servers: [] });
  const page = await api.store.servers.page(query);
  if (page === 'no-marker') throw new NovaFault(400, `marker [${query.marker ?? ''}] not found`);
  const options = viewOptions(request, 'list');
  return sendList(reply, 'servers', page.size, async (list) => {
    for await (const servers of page.batches()) await list.add(servers, (server) => view(server, options));
    return page.next === null ? {} : { servers_links: linkAfter(request, page.next) };
  });
}
