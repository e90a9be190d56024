import { hasRole, serverGroupPolicies, type ServerGroupPolicy } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  type GroupWithMembers,
  createServerGroup,
  deleteServerGroup,
  findServerGroup,
  listServerGroups,
} from '../../../operations/server-groups/server-groups.ts';
import { inProject } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/api.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { offsetPage, type Query, valuesOf } from '../paging.ts';
import { requireBody } from '../require-body.ts';

type OneGroup = { Params: { id: string } };
const closed = { additionalProperties: false } as const;
const name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });

/** One policy in a list: groups had room for several, and never more than one. The soft ones came with 2.15. */
const listedSchema = (policies: readonly ServerGroupPolicy[]) =>
  Type.Object(
    {
      server_group: Type.Object(
        { name, policies: Type.Array(Type.Enum([...policies]), { minItems: 1, maxItems: 1 }) },
        closed,
      ),
    },
    closed,
  );
const FirstSchema = listedSchema(['affinity', 'anti-affinity']);
const SoftSchema = listedSchema(serverGroupPolicies);
const RuledSchema = Type.Object(
  {
    server_group: Type.Object(
      {
        name,
        policy: Type.Enum([...serverGroupPolicies]),
        rules: Type.Optional(
          Type.Object(
            {
              max_server_per_host: Type.Optional(
                Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[1-9][0-9]{0,8}$' })]),
              ),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
  },
  closed,
);

/** Groups of servers that are placed with regard to each other. */
export function serverGroupRoutes(app: App, { api }: RouteOptions): void {
  app.get('/os-server-groups', spoken(inProject('token', 'os-server-groups:index')), (request) => {
    const query = request.query as Query;
    const all = valuesOf(query, 'all_projects').length > 0 && hasRole(request.caller, 'admin');
    return listServerGroups(api.services, request.caller, all).then((groups) => ({
      server_groups: offsetPage(groups, query).map((group) => groupBody(request, group)),
    }));
  });
  app.get<OneGroup>('/os-server-groups/:id', spoken(inProject('token', 'os-server-groups:show')), (request) =>
    findServerGroup(api.services, request.caller, request.params.id).then((group) => ({
      server_group: groupBody(request, group),
    })),
  );
  app.post('/os-server-groups', spoken(inProject('member', 'os-server-groups:create')), (request) => {
    const wanted = newGroupOf(request);
    return createServerGroup(api.services, request.caller, wanted).then((group) => ({
      server_group: groupBody(request, group),
    }));
  });
  app.delete<OneGroup>(
    '/os-server-groups/:id',
    spoken(inProject('member', 'os-server-groups:delete')),
    (request, reply) => {
      return deleteServerGroup(api.services, request.caller, request.params.id).then(() =>
        reply.code(204).send(),
      );
    },
  );
}

function newGroupOf(request: FastifyRequest): {
  name: string;
  policy: ServerGroupPolicy;
  maxPerHost: number | null;
} {
  if (!speaks(request, 64)) {
    const schema = speaks(request, 15) ? SoftSchema : FirstSchema;
    const { name: called, policies } = requireBody(schema, request.body, '').server_group;
    return { name: called, policy: policies[0] as ServerGroupPolicy, maxPerHost: null };
  }
  const { name: called, policy, rules } = requireBody(RuledSchema, request.body, '').server_group;
  const most = rules?.max_server_per_host;
  if (most !== undefined && policy !== 'anti-affinity')
    throw new NovaFault(400, 'Only anti-affinity policy supports rules.');
  return {
    name: called,
    policy,
    maxPerHost: most === undefined ? null : Number(most),
  };
}

function groupBody(request: FastifyRequest, group: GroupWithMembers): Record<string, unknown> {
  const rules = group.maxPerHost === null ? {} : { max_server_per_host: group.maxPerHost };
  return {
    id: group.id,
    name: group.name,
    ...(speaks(request, 64) ? { policy: group.policy, rules } : { policies: [group.policy], metadata: {} }),
    members: group.memberIds,
    ...(speaks(request, 13) ? { project_id: group.projectId, user_id: group.userId } : {}),
  };
}
