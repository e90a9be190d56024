import { type AskedScope, theDomain } from '@ferry/model';
import { type Static, Type } from 'typebox';

// NUL is in no name, and PostgreSQL refuses to look for it.
const text = Type.String({ maxLength: 4096, pattern: '^[^\\u0000]*$' });
const Domain = Type.Object({ id: Type.Optional(text), name: Type.Optional(text) });
const UserRef = { id: Type.Optional(text), name: Type.Optional(text), domain: Type.Optional(Domain) };

/** `POST /v3/auth/tokens`, as Keystone's API reference has it; fields that are not known are let be, as there. */
export const AuthRequestSchema = Type.Object({
  auth: Type.Object({
    identity: Type.Object({
      methods: Type.Array(text, { minItems: 1, maxItems: 8 }),
      password: Type.Optional(Type.Object({ user: Type.Object({ ...UserRef, password: text }) })),
      token: Type.Optional(Type.Object({ id: text })),
      application_credential: Type.Optional(
        Type.Object({
          id: Type.Optional(text),
          name: Type.Optional(text),
          user: Type.Optional(Type.Object(UserRef)),
          secret: text,
        }),
      ),
    }),
    scope: Type.Optional(
      Type.Union([
        Type.Literal('unscoped'),
        Type.Object({
          project: Type.Optional(Type.Object(UserRef)),
          domain: Type.Optional(Domain),
          system: Type.Optional(Type.Object({ all: Type.Optional(Type.Boolean()) })),
          unscoped: Type.Optional(Type.Object({})),
        }),
      ]),
    ),
  }),
});
export type AuthRequestBody = Static<typeof AuthRequestSchema>;

/** Somebody or something by its id, or by its name in the one domain; null: in another domain, where nobody is. */
export type Named = { readonly id: string } | { readonly name: string } | null;

/** How somebody proves who they are. */
export type Proof =
  | { readonly kind: 'password'; readonly user: Named; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'application_credential';
      readonly credential: { readonly id: string } | { readonly name: string; readonly user: Named };
      readonly secret: string;
    };

/** A request for a token, read. */
export interface AuthRequest {
  readonly proof: Proof;
  /** Null: in a domain that is not there. */
  readonly scope: AskedScope | null;
}

/** Why a request for a token is not one: what is missing, or a way to prove who one is that Ferry does not know. */
export type UnreadableAuth =
  | { readonly kind: 'malformed'; readonly message: string }
  | { readonly kind: 'unsupported'; readonly message: string };

/** Reads a request for a token whose shape has been looked at. */
export function readAuthRequest({ auth }: AuthRequestBody): AuthRequest | UnreadableAuth {
  const { methods, password, token, application_credential: credential } = auth.identity;
  const [method, ...others] = new Set(methods);
  if (others.length > 0)
    return {
      kind: 'unsupported',
      message: `One method is supported at a time, not ${methods.join(' and ')}.`,
    };
  const scope = auth.scope === undefined ? ({ kind: 'default' } as const) : readScope(auth.scope);
  if (scope !== null && 'message' in scope) return scope;
  if (method === 'password' && password !== undefined) {
    const user = readNamed(password.user, 'user');
    if (user !== null && 'message' in user) return user;
    return { proof: { kind: 'password', user, password: password.user.password }, scope };
  }
  if (method === 'token' && token !== undefined) return { proof: { kind: 'token', token: token.id }, scope };
  if (method === 'application_credential' && credential !== undefined) {
    const { id, name, secret } = credential;
    if (id !== undefined) return { proof: { kind: method, credential: { id }, secret }, scope };
    if (name === undefined || credential.user === undefined)
      return malformed('An application credential is named by its id, or by its name and its user.');
    const user = readNamed(credential.user, 'user');
    if (user !== null && 'message' in user) return user;
    return { proof: { kind: method, credential: { name, user }, secret }, scope };
  }
  const known = method === 'password' || method === 'token' || method === 'application_credential';
  return known
    ? malformed(`'${method}' is a required property of identity, as it is the method.`)
    : { kind: 'unsupported', message: `The method "${method}" is not supported.` };
}

type Scope = Exclude<AuthRequestBody['auth']['scope'], undefined>;

function readScope(scope: Scope): AskedScope | null | UnreadableAuth {
  if (scope === 'unscoped' || scope.unscoped !== undefined) return { kind: 'unscoped' };
  if (scope.system !== undefined)
    return scope.system.all === true ? { kind: 'system' } : malformed('A system scope is {"all": true}.');
  if (scope.domain !== undefined) return isTheDomain(scope.domain) ? { kind: 'domain' } : null;
  if (scope.project === undefined)
    return malformed('A scope is one of project, domain, system and "unscoped".');
  const project = readNamed(scope.project, 'project');
  if (project !== null && 'message' in project) return project;
  return project === null ? null : { kind: 'project', project };
}

interface Reference {
  readonly id?: string;
  readonly name?: string;
  readonly domain?: { readonly id?: string; readonly name?: string };
}

function readNamed({ id, name, domain }: Reference, what: string): Named | UnreadableAuth {
  if (id !== undefined) return { id };
  if (name === undefined) return malformed(`Expecting to find id or name in ${what}.`);
  if (domain === undefined)
    return malformed(`Expecting to find domain in ${what}. Names are unique in a domain only.`);
  return isTheDomain(domain) ? { name } : null;
}

function isTheDomain({ id, name }: { readonly id?: string; readonly name?: string }): boolean {
  return id === undefined ? name === theDomain.name : id === theDomain.id;
}

function malformed(message: string): UnreadableAuth {
  return { kind: 'malformed', message };
}
