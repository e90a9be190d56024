import { expect, test } from 'vitest';
import { allRoles, findRole, withIncludedRoles } from './caller.ts';

test.each([
  [['admin'], ['admin', 'manager', 'member', 'reader']],
  [
    ['reader', 'member'],
    ['member', 'reader'],
  ],
  [['reader'], ['reader']],
  [[], []],
] as const)('who holds %j acts with %j', (held, expected) => {
  expect(withIncludedRoles(held)).toEqual(expected);
});

test('roles are found by id and by name, and no two share an id', () => {
  for (const role of allRoles) {
    expect(findRole(role.id)).toEqual(role);
    expect(findRole(role.name)).toEqual(role);
  }
  expect(new Set(allRoles.map(({ id }) => id)).size).toBe(allRoles.length);
  expect(findRole('service')).toBeNull();
});
