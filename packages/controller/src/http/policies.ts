import { EffectivePolicySchema, policyName, PolicySchema, ProblemSchema, SetPolicySchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

const named = Type.Object({ policy: policyName });

/** Policies of moves: list, show, set, delete; and what holds for one instance. */
export function policyRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  const { policies } = controls;
  app.get(
    '/policies',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All policies of moves, by name',
        querystring: ListQuerySchema,
        response: { 200: pageSchema('policies', PolicySchema) },
      },
    },
    async ({ query }) => {
      const { page, next } = listPage(await policies.list(), query, ({ name }) => name);
      return { policies: page, next };
    },
  );
  app.get(
    '/policies/:policy',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'One policy of moves',
        params: named,
        response: { 200: PolicySchema, 404: ProblemSchema },
      },
    },
    (request) => policies.show(request.params.policy),
  );
  app.put(
    '/policies/:policy',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Set a policy of moves, whole; moves under way keep what they began with',
        params: named,
        body: SetPolicySchema,
        response: { 200: PolicySchema, 400: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    (request) => policies.set(request.params.policy, request.body),
  );
  app.delete(
    '/policies/:policy',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Delete a policy of moves',
        params: named,
        response: { 200: PolicySchema, 404: ProblemSchema },
      },
    },
    (request) => policies.remove(request.params.policy),
  );
  app.get(
    '/instances/:instance/policy',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'What holds for moves of an instance, each value with who said it',
        params: Type.Object({ instance: Type.String() }),
        querystring: Type.Object(
          { policy: Type.Optional(Type.String({ description: 'with one that a move would name' })) },
          { additionalProperties: false },
        ),
        response: { 200: EffectivePolicySchema, 404: ProblemSchema },
      },
    },
    (request) => policies.effective(request.params.instance, request.query.policy ?? null),
  );
  return Promise.resolve();
}
