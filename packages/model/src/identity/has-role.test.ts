import { expect, test } from 'vitest';
import { ferryRole, hasRole, projectRoles } from './caller.ts';

test.each([
  [['admin'], 'manager', true],
  [['Manager'], 'member', true],
  [['member'], 'manager', false],
  [['reader'], 'reader', true],
  [['something-else'], 'reader', false],
  [[], 'reader', false],
] as const)('who has %j counts as %s: %s', (roles, needed, expected) => {
  expect(hasRole({ roles }, needed)).toBe(expected);
});

test.each(['admin', 'operator', 'reader'] as const)('a token of the role %s acts with it', (role) => {
  expect(ferryRole({ roles: projectRoles(role) })).toBe(role);
});

test('a member of a project does not move instances', () => {
  expect(ferryRole({ roles: ['member', 'reader'] })).toBe('reader');
});
