import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import { inProject } from '../../access/access.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { spoken } from '../microversions.ts';
import { changeUnlocked, findServer } from './find-server.ts';

type OfServer = { Params: { id: string } };
type One = { Params: { id: string; tag: string } };

/** Nova's rules: at most so many, none longer, and no slash or comma, which stand between them in addresses and queries. */
const maxTags = 50;
const TagSchema = Type.String({ minLength: 1, maxLength: 60, pattern: '^[^,/]*$' });
const TagsSchema = Type.Object(
  { tags: Type.Array(TagSchema, { maxItems: maxTags }) },
  { additionalProperties: false },
);

/** A server's tags. */
export function tagRoutes(app: App, { api }: RouteOptions): void {
  const path = '/servers/:id/tags';
  app.get<OfServer>(path, spoken(inProject('reader', 'os-server-tags:index'), 26), (request) =>
    showAll(request, api),
  );
  app.put<OfServer>(path, spoken(inProject('member', 'os-server-tags:update_all'), 26), (request) =>
    replaceAll(request, api),
  );
  app.delete<OfServer>(path, spoken(inProject('member', 'os-server-tags:delete_all'), 26), (request, reply) =>
    removeAll(request, reply, api),
  );
  app.get<One>(`${path}/:tag`, spoken(inProject('reader', 'os-server-tags:show'), 26), (request, reply) =>
    showOne(request, reply, api),
  );
  app.put<One>(`${path}/:tag`, spoken(inProject('member', 'os-server-tags:update'), 26), (request, reply) =>
    addOne(request, reply, api),
  );
  app.delete<One>(
    `${path}/:tag`,
    spoken(inProject('member', 'os-server-tags:delete'), 26),
    (request, reply) => removeOne(request, reply, api),
  );
}

async function showAll(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  return { tags: (await findServer(request, api, request.params.id)).profile.tags };
}

async function replaceAll(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const { tags } = requireBody(TagsSchema, request.body, 'body');
  const after = await changeUnlocked(request, api, request.params.id, () => ({
    tags: [...new Set(tags)],
  }));
  return { tags: after.profile.tags };
}

async function removeAll(
  request: FastifyRequest<OfServer>,
  reply: FastifyReply,
  api: Api,
): Promise<FastifyReply> {
  await changeUnlocked(request, api, request.params.id, () => ({ tags: [] }));
  return reply.code(204).send();
}

async function showOne(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  const { profile } = await findServer(request, api, request.params.id);
  requireTag(profile.tags, request.params);
  return reply.code(204).send();
}

/** 201 with its address for a new one, 204 for one that is there. */
async function addOne(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  const { id, tag } = request.params;
  requireBody(TagSchema, tag, 'tag');
  let isNew = true;
  await changeUnlocked(request, api, id, ({ profile: { tags } }) => {
    isNew = !tags.includes(tag);
    if (isNew && tags.length >= maxTags)
      throw new NovaFault(400, `The number of tags exceeded the per-server limit ${maxTags}`);
    return isNew ? { tags: [...tags, tag] } : {};
  });
  if (!isNew) return reply.code(204).send();
  const location = `${publicUrl(request)}/v2.1/servers/${id}/tags/${encodeURIComponent(tag)}`;
  return reply.code(201).header('Location', location).send();
}

async function removeOne(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  await changeUnlocked(request, api, request.params.id, ({ profile: { tags } }) => {
    requireTag(tags, request.params);
    return { tags: tags.filter((one) => one !== request.params.tag) };
  });
  return reply.code(204).send();
}

function requireTag(tags: readonly string[], { id, tag }: One['Params']): void {
  if (!tags.includes(tag)) throw new NovaFault(404, `Server ${id} has no tag '${tag}'`);
}
