import { expect, test } from 'vitest';
import { firstProject, mayOpenConsole } from './caller.ts';

test.each([
  [['member'], 'mine', 'mine', true],
  [['reader'], 'mine', 'mine', false],
  [['member'], 'mine', 'theirs', false],
  [['manager'], 'mine', 'theirs', false],
  [['manager'], firstProject.id, 'theirs', true],
  [['member'], firstProject.id, 'theirs', false],
  [['manager'], null, 'theirs', true],
  [['admin'], 'mine', 'theirs', true],
  [['member'], 'mine', null, false],
  [[], null, null, false],
] as const)('%s in %s, of an instance of %s: %s', (roles, projectId, owner, expected) => {
  expect(mayOpenConsole({ roles, projectId }, owner)).toBe(expected);
});
