import { hasLabel, type MovePolicy, type PolicyScope, type PolicyValues, policyProblems } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** A look through all policies is part of each move that is accepted. */
const maxPolicies = 1_000;
/** Labels that a refusal names. */
const maxTold = 10;

/** A policy that an operator sets. */
export interface NewPolicy {
  readonly name: string;
  readonly scope: PolicyScope;
  /** A project or an instance by name or id, or a label; null where there is none. */
  readonly subject: string | null;
  readonly description: string | null;
  readonly values: Partial<PolicyValues>;
}

/** Refuses one that is not there. */
export async function policyNamed({ store }: Services, name: string): Promise<MovePolicy> {
  const all = await store.policies.list();
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = all.slice(0, maxTold).map((one) => one.name);
  const list = known.length === 0 ? 'none is set yet' : `there are: ${known.join(', ')}`;
  throw new Refusal('policy-not-found', `There is no policy "${name}"; ${list}.`);
}

/** Sets a policy in place of what it said before, or refuses it with all that is wrong with it. */
export async function setPolicy(
  services: Services,
  wanted: NewPolicy,
  projectIdOf: (nameOrId: string) => Promise<string>,
): Promise<MovePolicy> {
  const { store } = services;
  const { name, scope, description, values } = wanted;
  const problems = [...subjectProblems(wanted), ...policyProblems(values, { partial: true })];
  if (problems.length > 0)
    throw new Refusal('policy-contradicts', `Policy ${name} contradicts itself: ${problems.join('; ')}.`);
  const subject = await subjectOf(services, wanted, projectIdOf);
  const policy: MovePolicy = { name, scope, subject, description, values, updatedAt: store.now() };
  const answer = await store.policies.set(policy, maxPolicies);
  if (answer === 'set') return policy;
  if (answer === 'too-many')
    throw new Refusal(
      'quota-exceeded',
      `There are ${maxPolicies} policies already, which is as many as there may be.`,
    );
  const whose = scope === 'default' ? 'the default' : `for the ${scope} ${wanted.subject ?? ''}`;
  throw new Refusal('policy-taken', `Policy ${answer.taken} is ${whose} already.`);
}

/** Moves that it was for go by what is left from then on; those under way keep it. */
export async function deletePolicy(services: Services, name: string): Promise<MovePolicy> {
  const policy = await policyNamed(services, name);
  await services.store.policies.remove(name);
  return policy;
}

function subjectProblems({ scope, subject }: NewPolicy): string[] {
  const takesNone = scope === 'default' || scope === 'by-name';
  if (takesNone && subject !== null) return [`its scope is ${scope}, and it names ${subject}: choose one`];
  if (!takesNone && subject === null) return [`its scope is ${scope}, and it names no ${scope}`];
  return [];
}

async function subjectOf(
  services: Services,
  { scope, subject }: NewPolicy,
  projectIdOf: (nameOrId: string) => Promise<string>,
): Promise<string | null> {
  if (subject === null) return null;
  switch (scope) {
    case 'project':
      return projectIdOf(subject);
    case 'instance':
      return (await findInstance(services.store, subject)).id;
    case 'label':
      await requireLabel(services, subject);
      return subject;
    default:
      return null;
  }
}

/** A label that nobody has is a slip of the pen: it would be for nothing. */
async function requireLabel({ store }: Services, label: string): Promise<void> {
  const labelled = await store.profiles.labels();
  if (labelled.some((one) => hasLabel(one, label))) return;
  const known = new Set(
    labelled.flatMap(({ tags, metadata }) => [
      ...tags,
      ...Object.entries(metadata).map(([key, value]) => `${key}=${value}`),
    ]),
  );
  const some = [...known].toSorted().slice(0, maxTold);
  const list = some.length === 0 ? 'no instance has any' : `there are: ${some.join(', ')}`;
  throw new Refusal('label-not-found', `No instance has the label "${label}"; ${list}.`);
}
