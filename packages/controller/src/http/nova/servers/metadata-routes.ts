import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { inProject } from '../../access/access.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { spoken } from '../microversions.ts';
import { changeUnlocked, findServer } from './find-server.ts';

type OfServer = { Params: { id: string } };
type One = { Params: { id: string; key: string } };
type Metadata = Readonly<Record<string, string>>;

const strict = { additionalProperties: false } as const;
const key = Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9-_:. ]{1,255}$' });
const values = Type.Record(key, Type.String({ maxLength: 255 }), strict);
const AllSchema = Type.Object({ metadata: values }, strict);
const OneSchema = Type.Object({ meta: values }, strict);

/** A server's metadata: words of its owner. */
export function metadataRoutes(app: App, { api }: RouteOptions): void {
  const path = '/servers/:id/metadata';
  app.get<OfServer>(path, spoken(inProject('reader', 'server-metadata:index')), (request) =>
    showAll(request, api),
  );
  app.post<OfServer>(path, spoken(inProject('member', 'server-metadata:create')), (request) =>
    write(request, api, true),
  );
  app.put<OfServer>(path, spoken(inProject('member', 'server-metadata:update_all')), (request) =>
    write(request, api, false),
  );
  app.get<One>(`${path}/:key`, spoken(inProject('reader', 'server-metadata:show')), (request) =>
    showOne(request, api),
  );
  app.put<One>(`${path}/:key`, spoken(inProject('member', 'server-metadata:update')), (request) =>
    writeOne(request, api),
  );
  app.delete<One>(`${path}/:key`, spoken(inProject('member', 'server-metadata:delete')), (request, reply) =>
    removeOne(request, reply, api),
  );
}

async function showAll(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  return { metadata: (await findServer(request, api, request.params.id)).profile.metadata };
}

async function write(request: FastifyRequest<OfServer>, api: Api, keeps: boolean): Promise<object> {
  const { metadata } = requireBody(AllSchema, request.body, 'body');
  const after = await changeUnlocked(request, api, request.params.id, ({ profile }) => ({
    metadata: keeps ? { ...profile.metadata, ...metadata } : metadata,
  }));
  return { metadata: after.profile.metadata };
}

async function showOne(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { metadata } = (await findServer(request, api, request.params.id)).profile;
  return { meta: { [request.params.key]: valueOf(metadata, request.params.key) } };
}

async function writeOne(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { meta } = requireBody(OneSchema, request.body, 'body');
  const [only, ...more] = Object.keys(meta);
  if (only !== request.params.key || more.length > 0)
    throw new NovaFault(
      400,
      `Request body and URI mismatch: the body is to have the key ${request.params.key} alone.`,
    );
  await changeUnlocked(request, api, request.params.id, ({ profile }) => ({
    metadata: { ...profile.metadata, ...meta },
  }));
  return { meta };
}

async function removeOne(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  await changeUnlocked(request, api, request.params.id, ({ profile }) => {
    valueOf(profile.metadata, request.params.key);
    const { [request.params.key]: _gone, ...metadata } = profile.metadata;
    return { metadata };
  });
  return reply.code(204).send();
}

function valueOf(metadata: Metadata, name: string): string {
  const value = metadata[name];
  if (value === undefined) throw new NovaFault(404, 'Metadata item was not found');
  return value;
}
