import { hasRole } from '@ferry/model';
import { authToken } from '../../openstack/authenticate.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import { inProject } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/api.ts';
import { askedBy, findServer } from '../servers/find-server.ts';
import { NovaFault, requireRole } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { spoken } from '../microversions.ts';
import type { ServerAction } from './server-action.ts';
import { forceDelete, lock, unlock, plainPowerActions, reboot, resetState } from './power-actions.ts';
import { consoleOutput, remoteConsoles } from './console.ts';
import { evacuate } from './evacuate.ts';
import { migrateLive, migrate } from './migrate.ts';
import { confirmResize, resize, revertResize } from './resize.ts';
import { actionsNotDone } from './actions-not-done.ts';
import { addSecurityGroup, removeSecurityGroup } from './security-groups.ts';

/** POST /servers/{id}/action: the body's one key says what is to be done. */
export function actionRoutes(app: App, { api }: RouteOptions): void {
  app.post<{ Params: { id: string } }>(
    '/servers/:id/action',
    spoken(inProject('member', 'servers:action')),
    async (request, reply) => {
      const { action, value } = askedAction(request.body, request.microversion);
      requireRole(request.caller, action.role, action.policy);
      const schema = action.bodyOf(request.microversion);
      const body = schema === null ? value : requireBody(schema, value, action.key);
      const server = await findServer(request, api, request.params.id);
      const locked = server.profile.lockedBy !== null && !hasRole(request.caller, 'admin');
      if (locked && action.heedsLock) throw new NovaFault(409, `Instance ${server.instance.id} is locked`);
      const asked = askedBy(request);
      const { status, body: told } = await action.run({
        api,
        asked,
        server,
        minor: request.microversion,
        body,
        baseUrl: publicUrl(request),
        token: authToken(request) ?? '',
      });
      return reply.code(status).type('application/json').send(told);
    },
  );
}

function askedAction(body: unknown, minor: number): { action: ServerAction; value: unknown } {
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new NovaFault(400, 'Malformed request body');
  const [entry, ...more] = Object.entries(body);
  if (entry === undefined) throw new NovaFault(400, 'Malformed request body: it names no action.');
  if (more.length > 0) {
    const names = Object.keys(body).join(', ');
    throw new NovaFault(400, `Malformed request body: one action at a time, and it names ${names}.`);
  }
  const [key, value] = entry;
  const action = allActions.get(key);
  const { since = 1, until = Number.POSITIVE_INFINITY } = action ?? {};
  if (action === undefined || minor < since || minor > until)
    throw new NovaFault(400, `There is no such action: ${key}.`);
  return { action, value };
}

/** Every action of a server, by the key that asks for it. A new one is a file of its own and a name here. */
const allActions: ReadonlyMap<string, ServerAction> = new Map(
  [
    ...plainPowerActions,
    reboot,
    lock,
    unlock,
    resetState,
    migrate,
    migrateLive,
    resize,
    confirmResize,
    revertResize,
    evacuate,
    forceDelete,
    addSecurityGroup,
    removeSecurityGroup,
    consoleOutput,
    ...remoteConsoles,
    ...actionsNotDone,
  ].map((action) => [action.key, action]),
);
