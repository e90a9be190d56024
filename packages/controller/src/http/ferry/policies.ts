import {
  EffectivePolicySchema,
  type PolicyBody,
  policyName,
  PolicySchema,
  ProblemSchema,
  SetPolicySchema,
  type EffectivePolicyBody,
} from '@ferry/api';
import {
  type MovePolicy,
  describeOrigin,
  type EffectivePolicy,
  type Instance,
  policyKeys,
} from '@ferry/model';
import { Type } from 'typebox';
import { findInstance } from '../../operations/engine/find-instance.ts';
import { projectIdOf } from '../../operations/identity/projects.ts';
import { deletePolicy, policyNamed, setPolicy } from '../../operations/policies/policies.ts';
import { noticeProblems, policyOf, problemsOf } from '../../operations/policies/policy-of-move.ts';
import { ferry } from '../access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import type { Store } from '../../store/store.ts';

const named = Type.Object({ policy: policyName });

/** Policies of moves: list, show, set, delete; and what holds for one instance. */
export function policyRoutes(app: App, { api }: RouteOptions): Promise<void> {
  const { services, store } = api;
  const one = async (policy: MovePolicy): Promise<PolicyBody> => {
    const [body] = await policyBodies(store, [policy]);
    if (body === undefined) throw new Error('one policy makes one body');
    return body;
  };
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
      const { page, next } = listPage(
        await policyBodies(store, await store.policies.list()),
        query,
        ({ name }) => name,
      );
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
    async (request) => one(await policyNamed(services, request.params.policy)),
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
    async ({ params, body: { scope, subject = null, description = null, values } }) => {
      const wanted = { name: params.policy, scope, subject, description, values };
      return one(await setPolicy(services, wanted, (name) => projectIdOf(api, name)));
    },
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
    async (request) => one(await deletePolicy(services, request.params.policy)),
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
    async ({ params, query }) => {
      const instance = await findInstance(store, params.instance);
      const policy = await policyOf(services, instance, { named: query.policy ?? null, said: {} });
      return effectivePolicyBody(instance, policy, [
        ...problemsOf(policy),
        ...noticeProblems(services, policy),
      ]);
    },
  );
  return Promise.resolve();
}

/** Policies as they are told: projects and instances by their names. */
async function policyBodies(
  { instances, projects }: Pick<Store, 'instances' | 'projects'>,
  policies: readonly MovePolicy[],
): Promise<PolicyBody[]> {
  const records = await Promise.all([instances.list(), projects.list()]);
  const names = new Map(records.flat().map(({ id, name }) => [id, name]));
  return policies.map((policy) => ({
    ...policy,
    subject: policy.subject === null ? null : (names.get(policy.subject) ?? policy.subject),
  }));
}

/** What holds for moves of an instance, each value with who said it in words. */
function effectivePolicyBody(
  { name }: Instance,
  policy: EffectivePolicy,
  problems: string[],
): EffectivePolicyBody {
  const values = Object.fromEntries(
    policyKeys.map((key) => [key, { value: policy[key].value, from: describeOrigin(policy[key].from) }]),
  );
  return { instance: name, values: values as unknown as EffectivePolicyBody['values'], problems };
}
