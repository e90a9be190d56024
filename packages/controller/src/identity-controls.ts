import { type Caller, firstProject, firstUser, operatorRole, type Role, type TokenFacts } from '@ferry/model';
import type { Logger } from 'pino';
import type { Controls } from './http/controls.ts';
import type { OwnIdentity } from './http/identity/identity-controls.ts';
import {
  createCredential,
  deleteCredential,
  findCredential,
} from './operations/identity/application-credentials.ts';
import type { IdentityServices } from './operations/identity/identity-services.ts';
import { issueToken } from './operations/identity/issue-token.ts';
import type { KeystoneSettings } from './operations/identity/keystone/keystone-settings.ts';
import { KeystoneTokens } from './operations/identity/keystone/keystone-tokens.ts';
import { KnownTokens } from './operations/identity/known-tokens.ts';
import { changeProject, createProject, deleteProject, findProject } from './operations/identity/projects.ts';
import { ownTokenPrefix, readToken } from './operations/identity/read-token.ts';
import { grantRole, holdsRole, revokeRole } from './operations/identity/roles.ts';
import type { Passwords } from './operations/identity/passwords.ts';
import { SignInGate } from './operations/identity/sign-in-gate.ts';
import {
  changeOwnPassword,
  changeUser,
  createUser,
  deleteUser,
  findUser,
} from './operations/identity/users.ts';
import type { Services } from './operations/engine/services.ts';

/** What of the controls has to do with who calls. */
export type IdentityControls = Pick<Controls, 'identity' | 'callerOf' | 'roleOf' | 'actorOf'>;

/** Joins the identity API, and what all APIs ask about tokens, to users in the database or to a real Keystone. */
export function identityControls(
  { store, log, limits }: Services,
  settings: {
    readonly tokenLifeMs: number;
    readonly keystone: KeystoneSettings | null;
    readonly passwords: Passwords;
    readonly minPasswordLength: number;
  },
): IdentityControls {
  const identity: IdentityServices = {
    store,
    passwords: settings.passwords,
    minPasswordLength: settings.minPasswordLength,
    limits,
    gate: new SignInGate(store, log),
    tokens: new KnownTokens(
      (token) => store.identityTokens.read(token),
      ({ expiresAt }) => expiresAt > store.now(),
    ),
    ownTokens: new KnownTokens((token) => store.tokens.roleOf(token)),
    tokenLifeMs: settings.tokenLifeMs,
  };
  const keystone =
    settings.keystone === null ? null : new KeystoneTokens(settings.keystone, () => Date.parse(store.now()));
  const callerOf = async (token: string): Promise<Caller | null> => {
    if (keystone !== null && !token.startsWith(ownTokenPrefix)) return askKeystone(keystone, log, token);
    const facts = await readToken(identity, token);
    if (facts === null) return null;
    const caller = callerFrom(facts);
    const own = token.startsWith(ownTokenPrefix);
    // What they make is the first user's, whichever of them it is.
    return own ? { ...caller, userId: firstUser.id, userName: firstUser.name } : caller;
  };
  // Asked once at the start about a token that nobody has: what is wrong with the address or the service user is in the log then.
  if (keystone !== null) askKeystone(keystone, log, 'none').catch(() => undefined);
  return {
    identity: keystone === null ? ownIdentity(identity) : { kind: 'keystone', url: keystone.url },
    callerOf,
    actorOf: async (token) => {
      if (!token.startsWith(ownTokenPrefix)) return callerOf(token);
      // Which of Ferry's own it is, and not the user whom it makes things for.
      const role = await identity.ownTokens.read(token);
      const name = `ferry-${role}`;
      return role === null ? null : { userId: name, userName: name, projectId: firstProject.id };
    },
    roleOf: async (token): Promise<Role | null> => {
      if (token.startsWith(ownTokenPrefix)) return identity.ownTokens.read(token);
      const caller = await callerOf(token);
      return caller === null ? null : operatorRole(caller);
    },
  };
}

async function askKeystone(keystone: KeystoneTokens, log: Logger, token: string): Promise<Caller | null> {
  try {
    return await keystone.callerOf(token);
  } catch (error) {
    log.warn({ err: error }, 'Keystone could not be asked about a token');
    throw error;
  }
}

function callerFrom({ user, target, projectName, roles }: TokenFacts): Caller {
  const projectId = target?.kind === 'project' ? target.id : null;
  return { userId: user.id, userName: user.name, projectId, projectName, roles };
}

function ownIdentity(identity: IdentityServices): OwnIdentity {
  const { store } = identity;
  return {
    kind: 'own',
    authenticate: (request, address) => issueToken(identity, request, address),
    facts: (token) => readToken(identity, token),
    revoke: async (token) => {
      const revoked = await store.identityTokens.revoke(token);
      identity.tokens.forget();
      return revoked;
    },
    users: () => store.users.list(),
    user: (id) => findUser(identity, id),
    createUser: (body) => createUser(identity, body),
    changeUser: (id, body) => changeUser(identity, id, body),
    deleteUser: (id) => deleteUser(identity, id),
    changeOwnPassword: (id, passwords, address) => changeOwnPassword(identity, id, passwords, address),
    projects: () => store.projects.list(),
    project: (id) => findProject(identity, id),
    createProject: (body) => createProject(identity, body),
    changeProject: (id, body) => changeProject(identity, id, body),
    deleteProject: (id) => deleteProject(identity, id),
    roleAssignments: (of) => store.roleAssignments.list(of),
    grantRole: (assignment) => grantRole(identity, assignment),
    revokeRole: (assignment) => revokeRole(identity, assignment),
    holdsRole: (assignment) => holdsRole(identity, assignment),
    applicationCredentials: (userId) => store.applicationCredentials.of(userId),
    applicationCredential: (userId, id) => findCredential(identity, userId, id),
    createApplicationCredential: (asker, body) => createCredential(identity, asker, body),
    deleteApplicationCredential: (asker, credential) => deleteCredential(identity, asker, credential),
  };
}
