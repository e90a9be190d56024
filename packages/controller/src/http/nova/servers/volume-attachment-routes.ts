import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { type ServerVolume, listVolumes, serverVolumeOf } from '../../../operations/volumes/find-volume.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { inProject } from '../../access/access.ts';
import { askedBy, findServer } from './find-server.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { pageInMemory } from '../paging.ts';
import { requireBody } from '../require-body.ts';
import { submitAttach } from '../../../operations/volumes/submit-attach.ts';
import { attachmentOf, submitDetach } from '../../../operations/volumes/detach-volume.ts';
import { type TSchema, Type } from 'typebox';

type OfServer = { Params: { id: string } };
type OneVolume = { Params: { id: string; volume: string } };

/** Volumes of servers: list, show, attach, detach, and whether one goes with its server. */
export function volumeAttachmentRoutes(app: App, { api }: RouteOptions): void {
  const path = '/servers/:id/os-volume_attachments';
  app.get<OfServer>(path, spoken(inProject('reader', 'os-volumes-attachments:index')), async (request) => {
    const volumes = await volumesOf(request, api);
    const { page } = pageInMemory(request, volumes, ({ volumeId }) => volumeId);
    return { volumeAttachments: page.map((volume) => attachmentView(request, volume)) };
  });
  app.get<OneVolume>(
    `${path}/:volume`,
    spoken(inProject('reader', 'os-volumes-attachments:show')),
    async (request) => {
      const volumes = await volumesOf(request, api);
      return { volumeAttachment: attachmentView(request, named(request, volumes)) };
    },
  );
  app.post<OfServer>(path, spoken(inProject('member', 'os-volumes-attachments:create')), (request) =>
    attach(request, api),
  );
  app.put<OneVolume>(
    `${path}/:volume`,
    spoken(inProject('member', 'os-volumes-attachments:update')),
    async (request, reply) => {
      await change(request, api);
      return reply.code(202).send();
    },
  );
  app.delete<OneVolume>(
    `${path}/:volume`,
    spoken(inProject('member', 'os-volumes-attachments:delete')),
    async (request, reply) => {
      await requireUnlocked(request, api);
      await api.start(submitDetach(api.services, askedBy(request), request.params.id, request.params.volume));
      return reply.code(202).send();
    },
  );
}

async function attach(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const { schema } =
    newAttachmentSchemas.find(({ since }) => speaks(request, since)) ?? newAttachmentSchemas[2];
  const wanted: { volumeId: string; device?: string | null; tag?: string; delete_on_termination?: boolean } =
    requireBody(schema, request.body, 'body').volumeAttachment;
  await requireUnlocked(request, api);
  const { operationId, attachment } = await submitAttach(api.services, askedBy(request), request.params.id, {
    volumeId: wanted.volumeId,
    device: wanted.device ?? null,
    tag: wanted.tag ?? null,
    deleteOnTermination: wanted.delete_on_termination ?? false,
  });
  await api.start(operationId);
  // The answer has an id in all microversions.
  const { volumeId, device, tag, deleteOnTermination } = serverVolumeOf(attachment);
  return {
    volumeAttachment: {
      id: volumeId,
      serverId: request.params.id,
      volumeId,
      device,
      ...(speaks(request, 70) ? { tag } : {}),
      ...(speaks(request, 79) ? { delete_on_termination: deleteOnTermination } : {}),
    },
  };
}

/** Nova exchanges a volume for another one by this too: that is for its own volume service. */
async function change(request: FastifyRequest<OneVolume>, api: Api): Promise<void> {
  const { id, volume } = request.params;
  const noExchange = 'Ferry does not exchange one volume for another: detach the one and attach the other.';
  if (!speaks(request, 85)) {
    await requireUnlocked(request, api);
    throw new NovaFault(501, noExchange);
  }
  const wanted = requireBody(ChangedAttachmentSchema, request.body, 'body').volumeAttachment;
  await requireUnlocked(request, api);
  if (wanted.volumeId !== volume) throw new NovaFault(501, noExchange);
  const there = named(request, await listVolumes(api.services, id));
  const fixed = { id: volume, serverId: id, device: there.device, tag: there.tag };
  for (const field of ['id', 'serverId', 'device', 'tag'] as const) {
    const asked = wanted[field];
    if (asked !== undefined && asked !== null && asked !== fixed[field])
      throw new NovaFault(
        400,
        `The ${field} is ${fixed[field] ?? 'not set'}, and cannot be changed to ${asked}.`,
      );
  }
  if (wanted.delete_on_termination === undefined) return;
  const { attachment } = await attachmentOf(api.services, id, volume);
  await api.store.attachments.setDeleteOnTermination(attachment.id, wanted.delete_on_termination);
}

async function volumesOf(request: FastifyRequest<OfServer>, api: Api): Promise<readonly ServerVolume[]> {
  const { instance } = await findServer(request, api, request.params.id);
  return listVolumes(api.services, instance.id);
}

/** A server whose volumes the caller may change, and that nobody has locked. */
async function requireUnlocked(request: FastifyRequest<OfServer>, api: Api): Promise<void> {
  const { id } = request.params;
  const { profile } = await findServer(request, api, id);
  if (profile.lockedBy !== null && !hasRole(request.caller, 'admin'))
    throw new NovaFault(409, `Instance ${id} is locked`);
}

function named(request: FastifyRequest<OneVolume>, volumes: readonly ServerVolume[]): ServerVolume {
  const { id, volume } = request.params;
  const found = volumes.find(({ volumeId }) => volumeId === volume);
  if (found !== undefined) return found;
  throw new NovaFault(404, `Instance ${id} is not attached to volume ${volume}`);
}

function attachmentView(
  request: FastifyRequest<OfServer>,
  { volumeId, attachmentId, device, tag, deleteOnTermination }: ServerVolume,
): Record<string, unknown> {
  return {
    ...(speaks(request, 89) ? { attachment_id: attachmentId, bdm_uuid: attachmentId } : { id: volumeId }),
    volumeId,
    serverId: request.params.id,
    device,
    ...(speaks(request, 70) ? { tag } : {}),
    ...(speaks(request, 79) ? { delete_on_termination: deleteOnTermination } : {}),
  };
}

const uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' });
/** Nova's own pattern of a device's path. */
const device = Type.Optional(
  Type.Union([Type.Null(), Type.String({ pattern: '^/dev/x{0,1}[a-z]{0,1}d{0,1}[a-z]+[0-9]*$' })]),
);
const tag = Type.Optional(Type.String({ minLength: 1, maxLength: 60, pattern: '^[^,/]*$' }));
const yesOrNo = Type.Boolean();

function strict<const Fields extends Record<string, TSchema>>(fields: Fields) {
  return Type.Object(
    { volumeAttachment: Type.Object(fields, { additionalProperties: false }) },
    { additionalProperties: false },
  );
}

/** Newest first: from which N of 2.N on which fields may be there. */
const newAttachmentSchemas = [
  {
    since: 79,
    schema: strict({ volumeId: uuid, device, tag, delete_on_termination: Type.Optional(yesOrNo) }),
  },
  { since: 49, schema: strict({ volumeId: uuid, device, tag }) },
  { since: 1, schema: strict({ volumeId: uuid, device }) },
] as const;

/** A change since 2.85: all but one field must be what they are. */
const ChangedAttachmentSchema = strict({
  volumeId: uuid,
  id: Type.Optional(Type.String()),
  serverId: Type.Optional(Type.String()),
  device,
  tag,
  delete_on_termination: Type.Optional(yesOrNo),
});
