import type { FastifyRequest } from 'fastify';
import type { ServerVolume } from '../../../operations/servers/list-volumes.ts';
import type { App, RouteOptions } from '../../route-options.ts';
import { speaks } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireRole } from '../require-role.ts';
import { spoken } from '../spoken.ts';
import { findServer } from './find-server.ts';

type OfServer = { Params: { id: string } };
type OneVolume = { Params: { id: string; volume: string } };

/** Volumes of servers: read from their definitions. Ferry has no volume service that others could be had from. */
export function volumeAttachmentRoutes(app: App, { controls }: RouteOptions): void {
  const path = '/servers/:id/os-volume_attachments';
  const volumesOf = async (
    request: FastifyRequest<OfServer>,
    rule: string,
  ): Promise<readonly ServerVolume[]> => {
    requireRole(request.caller, 'reader', `os-volumes-attachments:${rule}`);
    const { instance } = await findServer(request, controls, request.params.id);
    return controls.volumesOf(instance.id);
  };
  app.get<OfServer>(path, spoken(), (request) =>
    volumesOf(request, 'index').then((volumes) => ({
      volumeAttachments: volumes.map((volume) => attachment(request, volume)),
    })),
  );
  app.get<OneVolume>(`${path}/:volume`, spoken(), (request) =>
    volumesOf(request, 'show').then((volumes) => {
      const { id, volume } = request.params;
      const found = volumes.find(({ volumeId }) => volumeId === volume);
      if (found === undefined) throw new NovaFault(404, `Instance ${id} is not attached to volume ${volume}`);
      return { volumeAttachment: attachment(request, found) };
    }),
  );
  const refused = (request: FastifyRequest<OfServer>): Promise<never> =>
    findServer(request, controls, request.params.id).then(() => {
      throw new NovaFault(
        501,
        'Ferry has no volume service: attach and detach disks by the means of the host (virsh attach-device).',
      );
    });
  app.post<OfServer>(path, spoken(), refused);
  app.delete<OneVolume>(`${path}/:volume`, spoken(), refused);
}

function attachment(
  request: FastifyRequest<OfServer>,
  { volumeId, device }: ServerVolume,
): Record<string, unknown> {
  return {
    ...(speaks(request, 89) ? { attachment_id: volumeId, bdm_uuid: volumeId } : { id: volumeId }),
    volumeId,
    serverId: request.params.id,
    device,
    ...(speaks(request, 70) ? { tag: null } : {}),
    ...(speaks(request, 79) ? { delete_on_termination: false } : {}),
  };
}
