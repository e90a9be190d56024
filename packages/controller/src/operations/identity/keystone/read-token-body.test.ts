import { expect, test } from 'vitest';
import { readTokenBody } from './keystone-tokens.ts';

const token = {
  user: { id: 'u1', name: 'ada', domain: { id: 'default', name: 'Default' } },
  project: { id: 'p1', name: 'web' },
  roles: [
    { id: 'r1', name: 'cloud_admin' },
    { id: 'r2', name: 'member' },
  ],
  expires_at: '2026-11-23T05:47:36.000000Z',
};

test('a token is read, with roles by the map', () => {
  expect(readTokenBody(JSON.stringify({ token }), { cloud_admin: 'admin' })).toEqual({
    caller: {
      userId: 'u1',
      userName: 'ada',
      projectId: 'p1',
      projectName: 'web',
      roles: ['admin', 'member'],
    },
    expiresAtMs: Date.UTC(2026, 10, 23, 5, 47, 36),
  });
});

test('a token without a project and roles has none', () => {
  const { project: _project, roles: _roles, ...unscoped } = token;
  expect(readTokenBody(JSON.stringify({ token: unscoped }), {})?.caller).toMatchObject({
    projectId: null,
    roles: [],
  });
});

test('roles in the system count, roles in a domain do not', () => {
  const { project: _project, ...rest } = token;
  const system = readTokenBody(JSON.stringify({ token: { ...rest, system: { all: true } } }), {});
  expect(system?.caller).toMatchObject({ projectId: null, roles: ['cloud_admin', 'member'] });
  const domain = readTokenBody(JSON.stringify({ token: { ...rest, domain: { id: 'd', name: 'D' } } }), {});
  expect(domain?.caller).toMatchObject({ projectId: null, roles: [] });
});

test('a name of a role that every object has is no entry of the map', () => {
  const roles = [{ name: 'constructor' }];
  expect(readTokenBody(JSON.stringify({ token: { ...token, roles } }), {})?.caller.roles).toEqual([
    'constructor',
  ]);
});

test.each(['', 'null', '{}', '{"token":{}}', JSON.stringify({ token: { ...token, expires_at: 'soon' } })])(
  '%s is no token',
  (text) => {
    expect(readTokenBody(text, {})).toBeNull();
  },
);
