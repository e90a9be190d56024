import type { NewAudit } from '../../store/operations/audit-store.ts';
import { type Caller, firstProject, firstUser, operatorRole, type Role, type TokenFacts } from '@ferry/model';
import type { Logger } from 'pino';
import { type IdentityServices, KnownTokens } from './identity-services.ts';
import { type KeystoneSettings, KeystoneTokens } from './keystone/keystone-tokens.ts';
import { ownTokenPrefix, readToken } from './read-token.ts';
import type { Passwords } from './passwords.ts';
import { SignInGate } from './sign-in-gate.ts';
import type { Services } from '../engine/services.ts';

/** Who did something, as the audit log has it. */
export type Actor = Pick<NewAudit, 'userId' | 'userName' | 'projectId'>;

/** Ferry knows the users itself. */
export type OwnIdentity = IdentityServices & { readonly kind: 'own' };

/** Who knows the users: Ferry itself, or a Keystone at that address (`…/v3`). */
export type Identity =
  | OwnIdentity
  | { readonly kind: 'keystone'; readonly url: string; readonly tokens: KeystoneTokens };

/** Who calls, by the token that they show. */
export interface KnownCallers {
  readonly identity: Identity;
  /** What a token may do with Ferry's own API; null for one that is not known, or whose roles say nothing here. */
  roleOf(token: string): Promise<Role | null>;
  /** Who a token of the OpenStack APIs stands for; null for one that is not known or not valid any more. */
  callerOf(token: string): Promise<Caller | null>;
  /** Whose token it is; null for one that is nobody's. */
  actorOf(token: string): Promise<Actor | null>;
}

/** Looks tokens up among the users in the database, or asks a real Keystone. */
export function knownCallers(
  { store, log, limits }: Services,
  settings: {
    readonly tokenLifeMs: number;
    readonly keystone: KeystoneSettings | null;
    readonly passwords: Passwords;
    readonly minPasswordLength: number;
  },
): KnownCallers {
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
    identity:
      keystone === null
        ? { kind: 'own', ...identity }
        : { kind: 'keystone', url: keystone.url, tokens: keystone },
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
