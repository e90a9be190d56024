import { expect, test } from 'vitest';
import { type AuthRequestBody, readAuthRequest } from './auth-request.ts';

type Scope = AuthRequestBody['auth']['scope'];

function password(user: object, scope?: Scope): AuthRequestBody {
  const identity = { methods: ['password'], password: { user: { password: 'x', ...user } } };
  return { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
}

function readCredential(credential: object): unknown {
  const proof = { secret: 's', ...credential };
  return readAuthRequest({
    auth: { identity: { methods: ['application_credential'], application_credential: proof } },
  });
}

const ada = { name: 'ada', domain: { id: 'default' } };

test.each([
  ['an id', { id: 'u1' }, { id: 'u1' }],
  ['a name in the domain by its id', ada, { name: 'ada' }],
  ['a name in the domain by its name', { name: 'ada', domain: { name: 'Default' } }, { name: 'ada' }],
  ['a name elsewhere', { name: 'ada', domain: { name: 'default' } }, null],
] as const)('a user by %s', (_what, user, expected) => {
  expect(readAuthRequest(password(user))).toEqual({
    proof: { kind: 'password', user: expected, password: 'x' },
    scope: { kind: 'default' },
  });
});

test.each<[string, Scope, unknown]>([
  ['a project by its id', { project: { id: 'p' } }, { kind: 'project', project: { id: 'p' } }],
  [
    'a project by its name',
    { project: { name: 'p', domain: { name: 'Default' } } },
    { kind: 'project', project: { name: 'p' } },
  ],
  ['a project of another domain', { project: { name: 'p', domain: { name: 'x' } } }, null],
  ['the system', { system: { all: true } }, { kind: 'system' }],
  ['the domain', { domain: { id: 'default' } }, { kind: 'domain' }],
  ['another domain', { domain: { id: 'x' } }, null],
  ['nothing, said so', 'unscoped', { kind: 'unscoped' }],
])('a scope of %s', (_what, scope, expected) => {
  expect(readAuthRequest(password(ada, scope))).toMatchObject({ scope: expected });
});

test.each<[string, AuthRequestBody, string]>([
  ['no user', password({}), 'malformed'],
  ['a name without a domain', password({ name: 'ada' }), 'malformed'],
  ['a method without its proof', { auth: { identity: { methods: ['token'] } } }, 'malformed'],
  ['a scope of nothing', password(ada, {}), 'malformed'],
  ['a part of the system', password(ada, { system: { all: false } }), 'malformed'],
  ['a way that Ferry does not know', { auth: { identity: { methods: ['totp'] } } }, 'unsupported'],
  ['two ways at once', { auth: { identity: { methods: ['password', 'totp'] } } }, 'unsupported'],
])('%s is not read', (_what, body, kind) => {
  expect(readAuthRequest(body)).toMatchObject({ kind });
});

test('application credentials by id, and by name and user', () => {
  const kind = 'application_credential';
  expect(readCredential({ id: 'c' })).toMatchObject({
    proof: { kind, credential: { id: 'c' }, secret: 's' },
  });
  expect(readCredential({ name: 'ci', user: ada })).toMatchObject({
    proof: { kind, credential: { name: 'ci', user: { name: 'ada' } } },
  });
  expect(readCredential({ name: 'ci' })).toMatchObject({ kind: 'malformed' });
});
