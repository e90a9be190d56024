import { groupBody } from '../ferry/views/security-group-view.ts';
import { firstProject } from '@ferry/model';
import { ofAll } from '../access/access.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';
import { NovaFault } from './nova-fault.ts';
import { securityGroupView } from './servers/flavor-view.ts';
import { spoken } from './spoken.ts';

/** Up to this microversion, and no longer: clients ask the network API since. */
const until = 35;

/** Security groups as Nova told of them, for clients that look for a group by name before they put it before a server. */
export function securityGroupRoutes(app: App, { api }: RouteOptions): void {
  app.get('/os-security-groups', spoken(ofAll('token', 'os-security-groups:get'), 1, until), async () => ({
    security_groups: (await api.store.securityGroups.list()).map((one) =>
      securityGroupView(groupBody(one), firstProject.id),
    ),
  }));
  app.get<{ Params: { id: string } }>(
    '/os-security-groups/:id',
    spoken(ofAll('token', 'os-security-groups:show'), 1, until),
    async ({ params: { id } }) => {
      const group = (await api.store.securityGroups.list()).map(groupBody).find((one) => one.id === id);
      if (group === undefined) throw new NovaFault(404, `Security group ${id} not found.`);
      return { security_group: securityGroupView(group, firstProject.id) };
    },
  );
}
