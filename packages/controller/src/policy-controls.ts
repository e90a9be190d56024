import type { EffectivePolicyBody, PolicyBody } from '@ferry/api';
import { describeOrigin, type MovePolicy, policyKeys } from '@ferry/model';
import type { PolicyControls } from './http/controls.ts';
import { deletePolicy, policyNamed, setPolicy } from './operations/policies/policies.ts';
import { policyOf, problemsOf } from './operations/policies/policy-of-move.ts';
import { findInstance } from './operations/shared/find-instance.ts';
import type { Services } from './operations/shared/services.ts';

/** Joins the pages of policies to their operations. `projectIdOf` finds a project by its name or id. */
export function policyControls(
  services: Services,
  projectIdOf: (nameOrId: string) => Promise<string>,
): PolicyControls {
  const { store } = services;
  const told = async (policies: readonly MovePolicy[]): Promise<PolicyBody[]> => {
    const [instances, projects] = await Promise.all([store.instances.list(), store.projects.list()]);
    const names = new Map([...instances, ...projects].map(({ id, name }) => [id, name]));
    return policies.map((policy) => ({
      ...policy,
      subject: policy.subject === null ? null : (names.get(policy.subject) ?? policy.subject),
    }));
  };
  const one = async (policy: MovePolicy): Promise<PolicyBody> => {
    const [body] = await told([policy]);
    if (body === undefined) throw new Error('one policy makes one body');
    return body;
  };
  return {
    list: async () => told(await store.policies.list()),
    show: async (name) => one(await policyNamed(services, name)),
    set: async (name, { scope, subject = null, description = null, values }) =>
      one(await setPolicy(services, { name, scope, subject, description, values }, projectIdOf)),
    remove: async (name) => one(await deletePolicy(services, name)),
    effective: async (nameOrId, named) => {
      const instance = await findInstance(store, nameOrId);
      const policy = await policyOf(services, instance, { named, said: {} });
      const values = Object.fromEntries(
        policyKeys.map((key) => [key, { value: policy[key].value, from: describeOrigin(policy[key].from) }]),
      );
      return {
        instance: instance.name,
        values: values as unknown as EffectivePolicyBody['values'],
        problems: problemsOf(policy),
      };
    },
  };
}
