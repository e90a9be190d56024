import { expect, test } from 'vitest';
import { firstProject, operatorRole } from './caller.ts';

test.each([
  ['an administrator of any project', ['admin'], 'p1', 'admin'],
  ['a manager of a project of their own', ['manager'], 'p1', null],
  ['a reader of a project of their own', ['reader'], 'p1', null],
  ['a manager of the first project', ['manager'], firstProject.id, 'operator'],
  ['a member of the first project', ['member'], firstProject.id, 'reader'],
  ['a reader of the system', ['reader'], null, 'reader'],
  ['a token without any role', [], null, null],
  ['a role that Ferry knows nothing of', ['swiftoperator'], firstProject.id, null],
] as const)("%s, in Ferry's own API", (_who, roles, projectId, expected) => {
  expect(operatorRole({ roles, projectId })).toBe(expected);
});
