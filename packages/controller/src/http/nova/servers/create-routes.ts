import { hasRole, reservationOfFirst } from '@ferry/model';
import { publicUrl } from '../../openstack/public-url.ts';
import { inProject } from '../../access/access.ts';
import type { App, RouteOptions } from '../../route-options.ts';
import { askedBy } from '../asked-by.ts';
import { NovaFault } from '../nova-fault.ts';
import { isYes, requireBody } from '../require-body.ts';
import { spoken } from '../spoken.ts';
import { findServer } from './find-server.ts';
import { newServerSchema } from './new-server-schema.ts';
import { type NewServerBody, readNewServer } from './read-new-server.ts';

type One = { Params: { id: string } };
/** The zone of hosts that nobody has put into another, as Nova names it. */
const defaultZone = 'nova';

/** Servers come and go: POST and DELETE /servers. */
export function createRoutes(app: App, { controls }: RouteOptions): void {
  app.post('/servers', spoken(inProject('member', 'servers:create')), async (request, reply) => {
    const schema = newServerSchema(request.microversion);
    const body = requireBody(schema, request.body, '') as NewServerBody;
    if (request.caller.projectId === null)
      throw new NovaFault(400, 'A server belongs to a project, and this token is of none.');
    const wanted = readNewServer(body, request.caller, defaultZone);
    const ids = await controls.createServers(askedBy(request), wanted);
    const [id = ''] = ids;
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
        ...(wanted.adminPassword === null ? {} : { adminPass: wanted.adminPassword }),
      },
    };
  });
  app.delete<One>('/servers/:id', spoken(inProject('member', 'servers:delete')), async (request, reply) => {
    const { instance, profile } = await findServer(request, controls, request.params.id);
    if (profile.lockedBy !== null && !hasRole(request.caller, 'admin'))
      throw new NovaFault(409, `Instance ${instance.id} is locked`);
    await controls.deleteServer(askedBy(request), instance.id);
    return reply.code(204).send();
  });
}
