import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { ActionEvent, InstanceAction } from '../../../store/operations/action-store.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { inProject } from '../../access/access.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { microsecondsTime, queryTime } from '../nova-time.ts';
import { nextLink, pageOf, type Query, requireKnown } from '../paging.ts';
import { noServer } from './find-server.ts';
import { hostIdOf } from './server-addresses.ts';

type OfServer = { Params: { id: string }; Querystring: Query };
type One = { Params: { id: string; request: string } };

/** What was done to a server, by which requests, and how it ended. */
export function instanceActionRoutes(app: App, { api }: RouteOptions): void {
  const path = '/servers/:id/os-instance-actions';
  app.get<OfServer>(path, spoken(inProject('reader', 'os-instance-actions:list')), (request) =>
    listActions(request, api),
  );
  app.get<One>(`${path}/:request`, spoken(inProject('reader', 'os-instance-actions:show')), (request) =>
    showAction(request, api),
  );
}

async function listActions(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const { microversion: minor, query } = request;
  await requireVisible(request, api, request.params.id);
  if (minor >= 58) {
    const later = minor >= 66 ? ['changes-before'] : [];
    requireKnown(query, new Set(['limit', 'marker', 'changes-since', ...later]));
  }
  const page = minor >= 58 ? pageOf(query) : { limit: 1000, marker: null };
  const actions = await api.store.actions.page({
    instanceId: request.params.id,
    changedSince: minor >= 58 ? queryTime(query, 'changes-since') : null,
    changedBefore: minor >= 66 ? queryTime(query, 'changes-before') : null,
    ...page,
  });
  if (actions === 'no-marker') throw new NovaFault(400, `marker [${page.marker ?? ''}] not found`);
  const admin = hasRole(request.caller, 'admin');
  const instanceActions = actions.map((action) => actionView(action, minor, admin));
  const next = minor >= 58 ? nextLink(request, actions, page.limit, actions.at(-1)?.requestId) : null;
  return next === null ? { instanceActions } : { instanceActions, links: next };
}

async function showAction(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { id, request: requestId } = request.params;
  await requireVisible(request, api, id);
  const action = await api.store.actions.byRequest(id, requestId);
  if (action === null)
    throw new NovaFault(404, `Action for request_id ${requestId} on instance ${id} not found`);
  const admin = hasRole(request.caller, 'admin');
  const view = actionView(action, request.microversion, admin);
  // Since 2.51 everybody is told how far it has come, and only administrators why it failed.
  if (!admin && !speaks(request, 51)) return { instanceAction: view };
  const events = action.events.map((event) => eventView(event, action, request.microversion, admin));
  return { instanceAction: { ...view, events } };
}

/** Since 2.21 what was done to a server is told also when it is gone. */
async function requireVisible(request: FastifyRequest, api: Api, id: string): Promise<void> {
  const server = await api.store.servers.byId(id);
  const gone = server === null && speaks(request, 21) ? await api.store.actions.projectOf(id) : null;
  const projectId = server?.profile.projectId ?? gone;
  if (projectId === null) throw noServer(id);
  if (projectId !== request.caller.projectId && !hasRole(request.caller, 'admin')) throw noServer(id);
}

/** Reasons name hosts, which are the administrators' matter: others are told that there was an error, as by Nova. */
function actionView(action: InstanceAction, minor: number, admin: boolean): Record<string, unknown> {
  return {
    action: action.action,
    instance_uuid: action.instanceId,
    request_id: action.requestId,
    user_id: action.userId,
    project_id: action.projectId,
    start_time: microsecondsTime(action.startedAt),
    message: admin || action.message === null ? action.message : 'Error',
    ...(minor >= 58 ? { updated_at: microsecondsTime(action.updatedAt) } : {}),
  };
}

/** Ferry has no traceback to show: under that name stands what went wrong, and what to do. */
function eventView(
  event: ActionEvent,
  { projectId }: InstanceAction,
  minor: number,
  admin: boolean,
): Record<string, unknown> {
  return {
    event: event.event,
    start_time: microsecondsTime(event.startedAt),
    finish_time: event.finishedAt === null ? null : microsecondsTime(event.finishedAt),
    result: event.result,
    ...(admin ? { traceback: event.details } : {}),
    ...(minor >= 62 && admin ? { host: event.host } : {}),
    ...(minor >= 62 ? { hostId: hostIdOf(projectId, event.host) } : {}),
    ...(minor >= 84 && admin ? { details: event.details } : {}),
  };
}
