import { expect, test } from 'vitest';
import { severities } from './sample-input.ts';
import type { GroupOfInstance } from '../server-group/server-group.ts';
import { serverGroupCheck } from './server-group.ts';

function group(policy: GroupOfInstance['group']['policy'], ...hostIds: string[]): GroupOfInstance {
  const owner = { projectId: 'p', userId: 'u', createdAt: '2026-01-01T00:00:00Z' };
  return {
    group: { id: 'g', name: 'web', policy, maxPerHost: null, ...owner },
    others: hostIds.map((id) => ({ name: `on-${id}`, hostIds: [id] })),
    hostNames: { 'id-alpha': 'alpha', 'id-beta': 'beta' },
  };
}

test.each([
  ['no group', null, 'ok'],
  ['anti-affinity, and nobody there', group('anti-affinity', 'id-alpha'), 'ok'],
  ['anti-affinity, and somebody there', group('anti-affinity', 'id-beta'), 'error'],
  ['affinity, and the others stay behind', group('affinity', 'id-alpha'), 'error'],
  ['affinity, and the others are there', group('affinity', 'id-beta'), 'ok'],
  ['soft anti-affinity, and somebody there', group('soft-anti-affinity', 'id-beta'), 'info'],
] as const)('%s', (_what, serverGroup, severity) => {
  expect(severities(serverGroupCheck, { serverGroup })).toEqual([severity]);
});

test('without a target it says so', () => {
  const serverGroup = group('affinity', 'id-alpha');
  expect(severities(serverGroupCheck, { serverGroup, target: null })).toEqual(['info']);
});
