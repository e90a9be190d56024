import { submitCreateVolume } from '../../operations/volumes/submit-create-volume.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { inProject } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { NovaFault, requireRole } from '../nova/nova-fault.ts';
import { requireBody } from '../nova/require-body.ts';
import {
  ExtendSchema,
  MetadataSchema,
  OneWordSchema,
  readChange,
  readNewVolume,
  ResetSchema,
} from './volume-bodies.ts';
import { toldVolumes } from './volume-view.ts';
import { changeOwnVolume, resetVolumeState } from '../../operations/volumes/set-volume.ts';
import { submitDeleteVolume } from '../../operations/volumes/delete-volume.ts';
import { submitExtendVolume } from '../../operations/volumes/extend-volume.ts';
import { volumeOfCaller } from '../../operations/volumes/find-volume.ts';

type One = { Params: { id: string } };
type OneWord = { Params: { id: string; key: string } };

/** What clients do to volumes: make, change, extend, delete. Each answers when it was accepted. */
export function volumeChangeRoutes(app: App, { api }: RouteOptions): void {
  const mayCreate = hidden({ ...inProject('member', 'volume:create'), makes: true });
  app.post('/volumes', mayCreate, async (request, reply) => {
    const wanted = readNewVolume(request.body);
    const { record, operationId } = await submitCreateVolume(api.services, request.caller, wanted);
    await api.start(operationId);
    const [volume] = await toldVolumes(request, api, [record]);
    return reply.code(202).send({ volume });
  });
  app.put<One>('/volumes/:id', hidden(inProject('member', 'volume:update')), async (request) => {
    const { caller, params, body } = request;
    const record = await changeOwnVolume(api.services, caller, params.id, readChange(body));
    const [volume] = await toldVolumes(request, api, [record]);
    return { volume };
  });
  app.delete<One>('/volumes/:id', hidden(inProject('member', 'volume:delete')), async (request, reply) => {
    await api.start(submitDeleteVolume(api.services, request.caller, request.params.id));
    return reply.code(202).send();
  });
  app.post<One>('/volumes/:id/action', hidden(inProject('member', 'volume:action')), (request, reply) =>
    act(request, reply, api),
  );
  metadataRoutes(app, api);
}

async function act(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  const { caller, params, body } = request;
  const action = firstKeyOf(body);
  switch (action) {
    case 'os-extend': {
      const { 'os-extend': wanted } = requireBody(ExtendSchema, body, 'body');
      await api.start(submitExtendVolume(api.services, caller, params.id, Number(wanted.new_size)));
      break;
    }
    case 'os-force_delete':
      requireRole(caller, 'admin', 'volume:force_delete');
      await api.start(submitDeleteVolume(api.services, caller, params.id));
      break;
    case 'os-reset_status': {
      requireRole(caller, 'admin', 'volume:reset_status');
      const { 'os-reset_status': wanted } = requireBody(ResetSchema, body, 'body');
      await resetVolumeState(api.services, params.id, wanted.status === 'error' ? 'error' : 'available');
      break;
    }
    case null:
      throw new NovaFault(400, 'The body has one key, which says what is to be done.');
    default:
      throw new NovaFault(501, `${action} is not done: Ferry extends volumes (os-extend), and no more.`);
  }
  return reply.code(202).send();
}

/** What its owner says of a volume, word by word. */
function metadataRoutes(app: App, api: Api): void {
  const path = '/volumes/:id/metadata';
  const mayChange = hidden(inProject('member', 'volume:update_volume_metadata'));
  const mayRead = hidden(inProject('reader', 'volume:get_volume_metadata'));
  app.get<One>(path, mayRead, async ({ caller, params }) => ({
    metadata: (await volumeOfCaller(api.services, caller, params.id)).volume.metadata,
  }));
  app.post<One>(path, mayChange, async ({ caller, params, body }) => {
    const { metadata } = requireBody(MetadataSchema, body, 'body');
    const change = { metadata: (before: object) => ({ ...before, ...metadata }) };
    return { metadata: (await changeOwnVolume(api.services, caller, params.id, change)).volume.metadata };
  });
  app.put<One>(path, mayChange, async ({ caller, params, body }) => {
    const { metadata } = requireBody(MetadataSchema, body, 'body');
    const change = { metadata: () => metadata };
    return { metadata: (await changeOwnVolume(api.services, caller, params.id, change)).volume.metadata };
  });
  app.get<OneWord>(`${path}/:key`, mayRead, async ({ caller, params: { id, key } }) => {
    const { volume } = await volumeOfCaller(api.services, caller, id);
    return { meta: { [key]: wordOf(volume.metadata, key) } };
  });
  app.put<OneWord>(`${path}/:key`, mayChange, async ({ caller, params: { id, key }, body }) => {
    const { meta } = requireBody(OneWordSchema, body, 'body');
    if (Object.keys(meta).join() !== key) throw new NovaFault(400, `The body says another key than ${key}.`);
    await changeOwnVolume(api.services, caller, id, { metadata: (before) => ({ ...before, ...meta }) });
    return { meta };
  });
  app.delete<OneWord>(`${path}/:key`, mayChange, async ({ caller, params: { id, key } }, reply) => {
    await changeOwnVolume(api.services, caller, id, {
      metadata: (before) => {
        wordOf(before, key);
        const { [key]: _gone, ...others } = before;
        return others;
      },
    });
    return reply.code(200).send();
  });
}

function wordOf(metadata: Readonly<Record<string, string>>, key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (value === undefined) throw new NovaFault(404, `Volume metadata key ${key} could not be found.`);
  return value;
}

/** The one key of a body, by which an action is named; null: it has none, or several. */
function firstKeyOf(body: unknown): string | null {
  const keys = body !== null && typeof body === 'object' ? Object.keys(body) : [];
  return keys.length === 1 ? (keys[0] ?? null) : null;
}
