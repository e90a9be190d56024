import type { EffectivePolicyBody, PolicyBody } from '@ferry/api';
import {
  describeOrigin,
  type EffectivePolicy,
  type Instance,
  type MovePolicy,
  policyKeys,
} from '@ferry/model';
import type { Store } from '../../../store/store.ts';

/** Policies as they are told: projects and instances by their names. */
export async function policyBodies(
  { instances, projects }: Pick<Store, 'instances' | 'projects'>,
  policies: readonly MovePolicy[],
): Promise<PolicyBody[]> {
  const named = await Promise.all([instances.list(), projects.list()]);
  const names = new Map(named.flat().map(({ id, name }) => [id, name]));
  return policies.map((policy) => ({
    ...policy,
    subject: policy.subject === null ? null : (names.get(policy.subject) ?? policy.subject),
  }));
}

/** What holds for moves of an instance, each value with who said it in words. */
export function effectivePolicyBody(
  { name }: Instance,
  policy: EffectivePolicy,
  problems: string[],
): EffectivePolicyBody {
  const values = Object.fromEntries(
    policyKeys.map((key) => [key, { value: policy[key].value, from: describeOrigin(policy[key].from) }]),
  );
  return { instance: name, values: values as unknown as EffectivePolicyBody['values'], problems };
}
