import { expect, test } from 'vitest';
import { type AskedScope, chooseScope } from './user.ts';

const project: AskedScope = { kind: 'project', project: { id: 'p1' } };
const free = { projectId: 'p1', holdsRole: true, boundTo: null };

test.each([
  ['a project with a role in it', project, free, { kind: 'project', id: 'p1' }],
  ['a project without', project, { ...free, holdsRole: false }, 'refused'],
  ['a project that is not there', project, { ...free, projectId: null }, 'refused'],
  ['the system with a role', { kind: 'system' }, free, { kind: 'system' }],
  ['the system without', { kind: 'system' }, { ...free, holdsRole: false }, 'refused'],
  ['the domain with a role', { kind: 'domain' }, free, { kind: 'domain' }],
  ['no scope, said so', { kind: 'unscoped' }, free, 'unscoped'],
  ['nothing, with a default project', { kind: 'default' }, free, { kind: 'project', id: 'p1' }],
  ['nothing, with no role in it', { kind: 'default' }, { ...free, holdsRole: false }, 'unscoped'],
  ['nothing, with no default', { kind: 'default' }, { ...free, projectId: null }, 'unscoped'],
] as const)('%s', (_what, asked, facts, expected) => {
  expect(chooseScope(asked, facts)).toEqual(expected);
});

test.each([
  ['nothing', { kind: 'default' }, 'p1', { kind: 'project', id: 'p1' }],
  ['its project', project, 'p1', { kind: 'project', id: 'p1' }],
  ['another project', { kind: 'project', project: { id: 'p2' } }, 'p2', 'refused'],
  ['the system', { kind: 'system' }, null, 'refused'],
  ['no scope', { kind: 'unscoped' }, null, 'refused'],
] as const)('with an application credential, asked for %s', (_what, asked, projectId, expected) => {
  expect(chooseScope(asked as AskedScope, { projectId, holdsRole: true, boundTo: 'p1' })).toEqual(expected);
});
