import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import type { Api } from '../../routing/api.ts';
import { NovaFault } from '../nova-fault.ts';

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
