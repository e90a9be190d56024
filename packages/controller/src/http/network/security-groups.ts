import type { SecurityGroupBody } from '@ferry/api';
import { firstProject } from '@ferry/model';
import { Type } from 'typebox';
import { ofAll } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App, RouteOptions } from '../route-options.ts';
import { neutronError } from './neutron-error.ts';
import { neutronPage } from './neutron-page.ts';

/** Ferry's own security groups as Neutron tells of them. */
export function networkSecurityGroupRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get('/security-groups', hidden(ofAll('token', 'get_security_groups')), async (request) => {
    return neutronPage(request, 'security_groups', await controls.securityGroups(), groupBody);
  });
  app.get(
    '/security-groups/:id',
    {
      config: { access: ofAll('token', 'get_security_group') },
      schema: { hide: true, params: Type.Object({ id: Type.String() }) },
    },
    async (request, reply) => {
      const { id } = request.params;
      const group = (await controls.securityGroups()).find((one) => one.id === id);
      return group === undefined
        ? neutronError(reply, 404, 'SecurityGroupNotFound', `Security group ${id} does not exist`)
        : { security_group: groupBody(group) };
    },
  );
  return Promise.resolve();
}

function groupBody({ id, name, description, rules }: SecurityGroupBody): object {
  const owner = { tenant_id: firstProject.id, project_id: firstProject.id };
  return {
    id,
    name,
    ...owner,
    description,
    stateful: true,
    shared: false,
    tags: [],
    security_group_rules: rules.map((rule) => ({
      id: rule.id,
      ...owner,
      security_group_id: id,
      direction: rule.direction,
      ethertype: rule.ethertype,
      protocol: rule.protocol === 'any' ? null : rule.protocol,
      port_range_min: rule.portMin,
      port_range_max: rule.portMax,
      remote_ip_prefix: rule.remoteCidr,
      remote_group_id: null,
      description: '',
    })),
  };
}
