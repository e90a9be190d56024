import type { SecurityGroupBody } from '@ferry/api';
import { firstProject } from '@ferry/model';
import { Type } from 'typebox';
import { ofAll } from '../access/access.ts';
import { groupBody as securityGroupBody } from '../ferry/views/security-group-view.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { hidden } from '../access/require-access.ts';
import { neutronError, neutronPage } from './networks.ts';

/** Ferry's own security groups as Neutron tells of them. */
export function networkSecurityGroupRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get('/security-groups', hidden(ofAll('token', 'get_security_groups')), async (request) => {
    return neutronPage(request, 'security_groups', await groupsOf(api), groupBody);
  });
  app.get(
    '/security-groups/:id',
    {
      config: { access: ofAll('token', 'get_security_group') },
      schema: { hide: true, params: Type.Object({ id: Type.String() }) },
    },
    async (request, reply) => {
      const { id } = request.params;
      const group = (await groupsOf(api)).find((one) => one.id === id);
      return group === undefined
        ? neutronError(reply, 404, 'SecurityGroupNotFound', `Security group ${id} does not exist`)
        : { security_group: groupBody(group) };
    },
  );
  app.get('/security-group-rules', hidden(ofAll('token', 'get_security_group_rules')), async (request) => {
    const { security_group_id: group } = request.query as { security_group_id?: string };
    const rules = (await rulesOf(api)).filter(
      (one) => group === undefined || one.security_group_id === group,
    );
    return neutronPage(request, 'security_group_rules', rules, (rule) => rule);
  });
  app.get(
    '/security-group-rules/:id',
    {
      config: { access: ofAll('token', 'get_security_group_rule') },
      schema: { hide: true, params: Type.Object({ id: Type.String() }) },
    },
    async (request, reply) => {
      const { id } = request.params;
      const found = (await rulesOf(api)).find((one) => one.id === id);
      return found === undefined
        ? neutronError(reply, 404, 'SecurityGroupRuleNotFound', `Security group rule ${id} does not exist`)
        : { security_group_rule: found };
    },
  );
  return Promise.resolve();
}

async function rulesOf(api: Api): Promise<ReturnType<typeof ruleBody>[]> {
  const groups = await groupsOf(api);
  return groups.flatMap((group) => group.rules.map((rule) => ruleBody(group, rule)));
}

const owner = { tenant_id: firstProject.id, project_id: firstProject.id };

function groupBody(group: SecurityGroupBody): object {
  const { id, name, description, rules } = group;
  return {
    id,
    name,
    ...owner,
    description,
    stateful: true,
    shared: false,
    tags: [],
    security_group_rules: rules.map((rule) => ruleBody(group, rule)),
  };
}

function ruleBody({ id }: SecurityGroupBody, rule: SecurityGroupBody['rules'][number]) {
  return {
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
  };
}

async function groupsOf({ store }: Api): Promise<SecurityGroupBody[]> {
  return (await store.securityGroups.list()).map(securityGroupBody);
}
