import {
  builtInPolicy,
  type MovePolicy,
  type PolicyKey,
  policyKeys,
  type PolicyScope,
  type PolicyValues,
} from './policy-values.ts';

/** Who said a value. */
export type PolicyOrigin =
  | { readonly kind: 'built-in' }
  | {
      readonly kind: 'policy';
      readonly name: string;
      readonly scope: PolicyScope;
      readonly subject: string | null;
    }
  /** Whoever asked for the move, as an option of it. */
  | { readonly kind: 'request' };

/** One value, and who said it. */
interface PolicyValue<Key extends PolicyKey = PolicyKey> {
  readonly value: PolicyValues[Key];
  readonly from: PolicyOrigin;
}

/** What holds for a move: each value with who said it. */
export type EffectivePolicy = { readonly [Key in PolicyKey]: PolicyValue<Key> };

/** What tells which policies are for an instance. */
export interface PolicySubject {
  readonly instanceId: string;
  readonly projectId: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Later ones win. */
const order: readonly PolicyScope[] = ['default', 'project', 'label', 'instance', 'by-name'];

/**
 * What holds for a move of an instance: the default, then its project's policy, then those of its labels (of two that fit,
 * the one whose label comes later in the alphabet), then its own, then one that the request names, then what the request says.
 */
export function effectivePolicy(
  policies: readonly MovePolicy[],
  subject: PolicySubject,
  request: { readonly named: string | null; readonly said: Partial<PolicyValues> },
): EffectivePolicy {
  const fitting = policies
    .filter((policy) => isFor(policy, subject, request.named))
    .toSorted(
      (a, b) => order.indexOf(a.scope) - order.indexOf(b.scope) || compare(a.subject ?? '', b.subject ?? ''),
    );
  const layers: { readonly values: Partial<PolicyValues>; readonly from: PolicyOrigin }[] = [
    { values: builtInPolicy, from: { kind: 'built-in' } },
    ...fitting.map(({ name, scope, subject: of, values }) => ({
      values,
      from: { kind: 'policy', name, scope, subject: of } as const,
    })),
    { values: request.said, from: { kind: 'request' } },
  ];
  const merged = policyKeys.map((key) => {
    const layer = layers.findLast(({ values }) => values[key] !== undefined);
    return [key, { value: layer?.values[key], from: layer?.from }];
  });
  // The first layer has all of the keys.
  return Object.fromEntries(merged) as EffectivePolicy;
}

/** The values alone. One that was merged by a former version lacks those that came since: they are as they were then. */
export function policyValuesOf(effective: EffectivePolicy): PolicyValues {
  const known: Partial<EffectivePolicy> = effective;
  const values = policyKeys.map((key) => [
    key,
    known[key] === undefined ? builtInPolicy[key] : known[key].value,
  ]);
  return Object.fromEntries(values) as PolicyValues;
}

/** Who said a value, as people read it. */
export function describeOrigin(from: PolicyOrigin): string {
  switch (from.kind) {
    case 'built-in':
      return 'built in';
    case 'request':
      return 'the request';
    case 'policy':
      return from.scope === 'default' || from.scope === 'by-name'
        ? `policy ${from.name}`
        : `policy ${from.name} of the ${from.scope} ${from.subject ?? ''}`.trimEnd();
  }
}

function isFor(
  { name, scope, subject: of }: MovePolicy,
  subject: PolicySubject,
  named: string | null,
): boolean {
  switch (scope) {
    case 'default':
      return true;
    case 'project':
      return of === subject.projectId;
    case 'label':
      return of !== null && hasLabel(subject, of);
    case 'instance':
      return of === subject.instanceId;
    case 'by-name':
      return name === named;
  }
}

/** Whether an instance has a label: a tag, or `key=value` of its metadata. */
export function hasLabel(
  { tags, metadata }: Pick<PolicySubject, 'tags' | 'metadata'>,
  label: string,
): boolean {
  if (tags.includes(label)) return true;
  const at = label.indexOf('=');
  if (at <= 0) return false;
  const key = label.slice(0, at);
  return Object.hasOwn(metadata, key) && metadata[key] === label.slice(at + 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
