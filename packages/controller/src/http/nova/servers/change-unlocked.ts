import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import type { Api } from '../../routing/api.ts';
import { NovaFault } from '../nova-fault.ts';
import { findServer, noServer } from './find-server.ts';
import { changeServer, type ServerChange } from '../../../operations/servers/change-server.ts';

/** Changes what is said of a server that the caller may see, unless somebody has locked it. */
export async function changeUnlocked(
  request: FastifyRequest,
  api: Api,
  id: string,
  change: (server: ServerRecord) => ServerChange,
): Promise<ServerRecord> {
  const { profile } = await findServer(request, api, id);
  if (profile.lockedBy !== null && !hasRole(request.caller, 'admin'))
    throw new NovaFault(409, `Instance ${id} is locked`);
  const after = await changeServer(api.services, id, change);
  if (after === null) throw noServer(id);
  return after;
}
