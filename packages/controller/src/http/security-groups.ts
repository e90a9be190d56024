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
import { ferry } from './access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

const named = Type.Object({ group: Type.String() });
const instanceNamed = Type.Object({ instance: Type.String() });

/** Security groups: list, show, make, remove; their rules; and which stand before an instance. */
export function securityGroupRoutes(app: App, { controls }: RouteOptions): Promise<void> {
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
      const { page, next } = listPage(await controls.securityGroups(), query, ({ id }) => id);
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
    (request) => controls.securityGroup(request.params.group),
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
    async (request, reply) => reply.code(201).send(await controls.addSecurityGroup(request.body)),
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
    (request) => controls.deleteSecurityGroup(request.params.group),
  );
  ruleRoutes(app, controls);
  instanceGroupRoutes(app, controls);
  return Promise.resolve();
}

function ruleRoutes(app: App, controls: RouteOptions['controls']): void {
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
      reply.code(201).send(await controls.addSecurityGroupRule(request.params.group, request.body)),
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
    (request) => controls.deleteSecurityGroupRule(request.params.group, request.params.rule),
  );
}

function instanceGroupRoutes(app: App, controls: RouteOptions['controls']): void {
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
    (request) => controls.instanceGroups(request.params.instance),
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
    (request) => controls.setInstanceGroups(request.params.instance, request.body),
  );
}
