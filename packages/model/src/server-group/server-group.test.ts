import { expect, test } from 'vitest';
import { type GroupMember, groupPlacement, type ServerGroupPolicy } from './server-group.ts';

const on = (...hostIds: string[]): GroupMember => ({ name: `of-${hostIds.join('-')}`, hostIds });
const nameOf = (id: string): string => `host ${id}`;

function judged(policy: ServerGroupPolicy, others: readonly GroupMember[], maxPerHost?: number): unknown {
  const group = { name: 'web', policy, maxPerHost: maxPerHost ?? null };
  const placement = groupPlacement(group, others, 'a', nameOf);
  return placement.kind === 'refused' ? placement.because : placement.preference;
}

test('the first member may be anywhere', () => {
  for (const policy of ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] as const)
    expect(judged(policy, [])).toBe(0);
});

test('affinity holds all on one host, and says who is where else', () => {
  expect(judged('affinity', [on('a'), on('a')])).toBe(2);
  expect(judged('affinity', [on('a'), on('b')])).toContain('of-b on host b');
});

test('anti-affinity allows so many on a host', () => {
  expect(judged('anti-affinity', [on('b'), on('c')])).toBe(0);
  expect(judged('anti-affinity', [on('a')])).toContain('allows 1');
  expect(judged('anti-affinity', [on('a')], 2)).toBe(0);
  expect(judged('anti-affinity', [on('a'), on('a')], 2)).toContain('allows 2');
});

test('one that moves is at both its hosts', () => {
  expect(judged('anti-affinity', [on('b', 'a')])).toContain('of-b-a');
  expect(judged('affinity', [on('b', 'a')])).toBe(1);
});

test('the soft ones only prefer', () => {
  expect(judged('soft-affinity', [on('a'), on('b')])).toBe(1);
  expect(judged('soft-anti-affinity', [on('a'), on('a'), on('b')])).toBe(-2);
});
