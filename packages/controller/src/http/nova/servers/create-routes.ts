import { randomInt } from 'node:crypto';
import { hasRole, reservationOfFirst } from '@ferry/model';
import { submitCreate } from '../../../operations/create-instance/submit-create.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import { inProject } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/api.ts';
import { askedBy, findServer } from './find-server.ts';
import { NovaFault } from '../nova-fault.ts';
import { isYes, requireBody } from '../require-body.ts';
import { spoken } from '../microversions.ts';
import { newServerSchema } from './new-server-schema.ts';
import { type NewServerBody, readNewServer } from './read-new-server.ts';
import { submitDelete } from '../../../operations/servers/submit-delete.ts';

type One = { Params: { id: string } };
/** The zone of hosts that nobody has put into another, as Nova names it. */
const defaultZone = 'nova';

/** Signs of a password of nobody's choice: none that is taken for another. */
const passwordSigns = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const passwordLength = 12;

/** A password as Nova makes one where none is given. */
function newPassword(): string {
  return Array.from({ length: passwordLength }, () => passwordSigns[randomInt(passwordSigns.length)]).join(
    '',
  );
}

/** Servers come and go: POST and DELETE /servers. */
export function createRoutes(app: App, { api }: RouteOptions): void {
  app.post('/servers', spoken(inProject('member', 'servers:create')), async (request, reply) => {
    const schema = newServerSchema(request.microversion);
    const body = requireBody(schema, request.body, '') as NewServerBody;
    if (request.caller.projectId === null)
      throw new NovaFault(400, 'A server belongs to a project, and this token is of none.');
    const said = readNewServer(body, request.caller, defaultZone);
    const password = said.adminPassword ?? newPassword();
    // One that nobody asked for is told to guests that are told things anyway.
    const wanted = said.configDrive ? { ...said, adminPassword: password } : said;
    const servers = await submitCreate(api.services, askedBy(request), wanted);
    for (const { operationId } of servers) await api.start(operationId);
    const id = servers[0]?.instanceId ?? '';
    const base = publicUrl(request);
    const self = `${base}/v2.1/servers/${id}`;
    void reply.code(202).header('Location', self);
    if (isYes(body.server.return_reservation_id ?? false)) return { reservation_id: reservationOfFirst(id) };
    return {
      server: {
        id,
        links: [
          { rel: 'self', href: self },
          { rel: 'bookmark', href: `${base}/servers/${id}` },
        ],
        'OS-DCF:diskConfig': body.server['OS-DCF:diskConfig'] ?? 'MANUAL',
        security_groups: wanted.securityGroups.map((name) => ({ name })),
        adminPass: password,
      },
    };
  });
  app.delete<One>('/servers/:id', spoken(inProject('member', 'servers:delete')), async (request, reply) => {
    const { instance, profile } = await findServer(request, api, request.params.id);
    if (profile.lockedBy !== null && !hasRole(request.caller, 'admin'))
      throw new NovaFault(409, `Instance ${instance.id} is locked`);
    await api.start(submitDelete(api.services, askedBy(request), instance.id));
    return reply.code(204).send();
  });
}
