import { describe, expect, test } from 'vitest';
import { describeOrigin, effectivePolicy, policyValuesOf } from './effective-policy.ts';
import { builtInPolicy, type MovePolicy, type PolicyValues } from './policy-values.ts';

const web = { instanceId: 'i-web', projectId: 'p-shop', tags: ['gold'], metadata: { tier: 'front' } };
const unsaid = { named: null, said: {} };

function policy(
  name: string,
  scope: MovePolicy['scope'],
  subject: string | null,
  values: Partial<PolicyValues>,
): MovePolicy {
  return { name, scope, subject, description: null, values, updatedAt: '2030-01-01T00:00:00Z' };
}

describe('what holds for a move', () => {
  test('without policies it is what is built in', () => {
    const effective = effectivePolicy([], web, unsaid);
    expect(policyValuesOf(effective)).toEqual(builtInPolicy);
    expect(effective.priority).toEqual({ value: 10, from: { kind: 'built-in' } });
  });

  test('nearer policies win, value by value, in whatever order they are kept', () => {
    const policies = [
      policy('own', 'instance', 'i-web', { maxDowntimeMs: 50 }),
      policy('all', 'default', null, {
        maxDowntimeMs: 500,
        deadlineMs: 60_000,
        priority: 5,
        whenStalled: 'abort',
      }),
      policy('gold', 'label', 'gold', { maxDowntimeMs: 100, priority: 20 }),
      policy('shop', 'project', 'p-shop', { maxDowntimeMs: 200, priority: 15, deadlineMs: null }),
    ];
    const effective = effectivePolicy(policies, web, unsaid);
    expect(effective).toMatchObject({
      maxDowntimeMs: { value: 50, from: { name: 'own', scope: 'instance', subject: 'i-web' } },
      priority: { value: 20, from: { name: 'gold', scope: 'label' } },
      deadlineMs: { value: null, from: { name: 'shop' } },
      whenStalled: { value: 'abort', from: { name: 'all' } },
      compression: { value: 'none', from: { kind: 'built-in' } },
    });
  });

  test('policies of others say nothing', () => {
    const policies = [
      policy('a', 'instance', 'i-db', { priority: 1 }),
      policy('b', 'project', 'p-lab', { priority: 2 }),
      policy('c', 'label', 'silver', { priority: 3 }),
      policy('d', 'label', 'tier=back', { priority: 4 }),
      policy('e', 'label', 'constructor=x', { priority: 5 }),
      policy('f', 'by-name', null, { priority: 6 }),
    ];
    expect(effectivePolicy(policies, web, unsaid).priority.value).toBe(10);
  });

  test('of two labels the later in the alphabet wins; metadata are labels as key=value', () => {
    const policies = [
      policy('front', 'label', 'tier=front', { priority: 30 }),
      policy('gold', 'label', 'gold', { priority: 20, maxDowntimeMs: 80 }),
    ];
    expect(effectivePolicy(policies, web, unsaid)).toMatchObject({
      priority: { value: 30 },
      maxDowntimeMs: { value: 80 },
    });
  });

  test('one that the request names wins over its own, and what the request says over all', () => {
    const policies = [
      policy('own', 'instance', 'i-web', { maxDowntimeMs: 50, priority: 2 }),
      policy('gentle', 'by-name', null, { maxDowntimeMs: 20, priority: 3 }),
    ];
    const effective = effectivePolicy(policies, web, { named: 'gentle', said: { maxDowntimeMs: null } });
    expect(effective).toMatchObject({
      maxDowntimeMs: { value: null, from: { kind: 'request' } },
      priority: { value: 3, from: { name: 'gentle' } },
    });
  });

  test('where a value comes from is told in words', () => {
    const from = { kind: 'policy', name: 'gold', scope: 'label', subject: 'gold' } as const;
    expect(describeOrigin(from)).toBe('policy gold of the label gold');
    expect(describeOrigin({ ...from, scope: 'default', subject: null })).toBe('policy gold');
    expect(describeOrigin({ kind: 'built-in' })).toBe('built in');
    expect(describeOrigin({ kind: 'request' })).toBe('the request');
  });
});
