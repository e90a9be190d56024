import { firstProject, firstUser, projectRoles, type Role, type TokenFacts } from '@ferry/model';
import type { IdentityServices } from './identity-services.ts';

/** What Ferry's own tokens begin with: those of the data directory's files, which are good until they are replaced. */
export const ownTokenPrefix = 'ferry_';

/**
 * What a token stands for: one of the identity service, or one of Ferry's own; null for one that is not known or not good
 * any more.
 */
export async function readToken(
  {
    store,
    tokens,
    ownTokens,
    tokenLifeMs,
  }: Pick<IdentityServices, 'store' | 'tokens' | 'ownTokens' | 'tokenLifeMs'>,
  token: string,
): Promise<TokenFacts | null> {
  if (!token.startsWith(ownTokenPrefix)) return tokens.read(token);
  const role = await ownTokens.read(token);
  const now = store.now();
  return role === null ? null : ownFacts(role, now, new Date(Date.parse(now) + tokenLifeMs).toISOString());
}

/**
 * Ferry's own tokens act in the first project. They do not end; whoever asks is to ask again. Only the administrator's is
 * the first user here: with the weaker ones nobody may get that user's tokens and application credentials.
 */
function ownFacts(role: Role, issuedAt: string, expiresAt: string): TokenFacts {
  return {
    user: role === 'admin' ? firstUser : { id: `ferry-${role}`, name: `ferry-${role}` },
    target: { kind: 'project', id: firstProject.id },
    projectName: firstProject.name,
    roles: projectRoles(role),
    methods: ['token'],
    auditIds: [],
    issuedAt,
    expiresAt,
    applicationCredential: null,
  };
}

/** Ends a token; false for one that cannot be ended here. */
export async function revokeToken(
  { store, tokens }: Pick<IdentityServices, 'store' | 'tokens'>,
  token: string,
): Promise<boolean> {
  const revoked = await store.identityTokens.revoke(token);
  tokens.forget();
  return revoked;
}
