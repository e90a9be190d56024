import { instanceGroups, setInstanceGroups } from '../../operations/security-groups/instance-groups.ts';
import {
  addRule,
  createGroup,
  deleteGroup,
  findGroup,
  removeRule,
} from '../../operations/security-groups/security-groups.ts';
import { changedBody, groupBody, groupsOfInstanceBody } from './views/security-group-view.ts';
import {
  ChangedSecurityGroupSchema,
  InstanceGroupsSchema,
  NewSecurityGroupRuleSchema,
  NewSecurityGroupSchema,
  ProblemSchema,
  SecurityGroupSchema,
  SetInstanceGroupsSchema,
} from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from '../routing/api.ts';

const named = Type.Object({ group: Type.String() });
const instanceNamed = Type.Object({ instance: Type.String() });

/** Security groups: list, show, make, remove; their rules; and which stand before an instance. */
export function securityGroupRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/security-groups',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All security groups',
        querystring: ListQuerySchema,
        response: { 200: pageSchema('securityGroups', SecurityGroupSchema) },
      },
    },
    async ({ query }) => {
      const { page, next } = listPage(
        (await api.store.securityGroups.list()).map(groupBody),
        query,
        ({ id }) => id,
      );
      return { securityGroups: page, next };
    },
  );
  app.get(
    '/security-groups/:group',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'One security group',
        params: named,
        response: { 200: SecurityGroupSchema, 404: ProblemSchema },
      },
    },
    async (request) => groupBody(await findGroup(api.services, request.params.group)),
  );
  app.post(
    '/security-groups',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Make a security group',
        body: NewSecurityGroupSchema,
        response: { 201: SecurityGroupSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) => reply.code(201).send(groupBody(await createGroup(api.services, request.body))),
  );
  app.delete(
    '/security-groups/:group',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Remove a security group that no instance has',
        params: named,
        response: { 200: SecurityGroupSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request) => groupBody(await deleteGroup(api.services, request.params.group)),
  );
  ruleRoutes(app, api);
  instanceGroupRoutes(app, api);
  return Promise.resolve();
}

function ruleRoutes(app: App, api: RouteOptions['api']): void {
  app.post(
    '/security-groups/:group/rules',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Let one more kind of flow through',
        params: named,
        body: NewSecurityGroupRuleSchema,
        response: { 201: ChangedSecurityGroupSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) =>
      reply.code(201).send(changedBody(await addRule(api.services, request.params.group, request.body))),
  );
  app.delete(
    '/security-groups/:group/rules/:rule',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Let a kind of flow through no longer, also where it is under way',
        params: Type.Object({ group: Type.String(), rule: Type.String() }),
        response: { 200: ChangedSecurityGroupSchema, 404: ProblemSchema },
      },
    },
    async ({ params: { group, rule } }) => changedBody(await removeRule(api.services, group, rule)),
  );
}

function instanceGroupRoutes(app: App, api: RouteOptions['api']): void {
  app.get(
    '/instances/:instance/security-groups',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'What stands before an instance',
        params: instanceNamed,
        response: { 200: InstanceGroupsSchema, 404: ProblemSchema },
      },
    },
    async (request) => groupsOfInstanceBody(await instanceGroups(api.services, request.params.instance)),
  );
  app.put(
    '/instances/:instance/security-groups',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Put security groups before an instance, in place of those it has',
        params: instanceNamed,
        body: SetInstanceGroupsSchema,
        response: { 200: InstanceGroupsSchema, 404: ProblemSchema, 409: ProblemSchema, 502: ProblemSchema },
      },
    },
    async (request) =>
      groupsOfInstanceBody(await setInstanceGroups(api.services, request.params.instance, request.body)),
  );
}
