import { hasRole, type Caller } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import type { Api } from '../../routing/api.ts';
import { NovaFault } from '../nova-fault.ts';
import { changeServer, type ServerChange } from '../../../operations/servers/change-server.ts';
import type { RequestContext } from '../../../store/operations/action-store.ts';

/** The server of that id that the caller may see: its own project's, or any for an administrator. Otherwise there is none. */
export async function findServer(request: FastifyRequest, api: Api, id: string): Promise<ServerRecord> {
  const { caller } = request;
  const server = await api.store.servers.byId(id);
  if (server === null) throw noServer(id);
  if (server.profile.projectId === caller.projectId || hasRole(caller, 'admin')) return server;
  throw noServer(id);
}

/** What Nova says of a server that there is not. */
export function noServer(id: string): NovaFault {
  return new NovaFault(404, `Instance ${id} could not be found.`);
}

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

/** A request that does something to an instance. */
export interface AskedBy extends RequestContext {
  readonly caller: Caller;
}

/** Who asks, by which request: it stands in the instance's actions. */
export function askedBy({ caller, requestId }: FastifyRequest): AskedBy {
  return { requestId, userId: caller.userId, projectId: caller.projectId ?? '', caller };
}
