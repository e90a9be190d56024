import type { SignInBody } from '@ferry/api';
import { type AskedScope, firstProject, operatorRole, theDomain, type TokenFacts } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { issueToken } from './issue-token.ts';
import type { Identity, OwnIdentity } from './known-callers.ts';
import { endKeystoneToken, signInAtKeystone } from './keystone/sign-in-at-keystone.ts';
import { revokeToken } from './read-token.ts';

/** A token for whoever signed in. */
export interface SignedIn {
  readonly token: string;
  /** UTC ISO 8601. */
  readonly expiresAt: string;
}

/**
 * Signs a person in by name and password: the gate, the count of failures and the audit log are those of all tokens. Where
 * no project is named it is the user's own one, else the first project, else the system: what opens Ferry's own API.
 * Refuses with `sign-in-refused`, which does not say what was wrong.
 */
export async function signIn(identity: Identity, who: SignInBody, address: string): Promise<SignedIn> {
  try {
    if (identity.kind === 'keystone') return await signInAtKeystone(identity.url, who);
    return await signInHere(identity, who, address);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'unauthorized') throw error;
    throw new Refusal('sign-in-refused', 'The user, the password or the project is not right.', [], error);
  }
}

/** Ends the token of a session. */
export async function signOut(identity: Identity, token: string): Promise<void> {
  if (identity.kind === 'own') {
    await revokeToken(identity, token);
    return;
  }
  try {
    await endKeystoneToken(identity.url, token);
  } finally {
    // What it stood for is kept for a minute, and would open Ferry until then.
    identity.tokens.forget(token);
  }
}

async function signInHere(identity: OwnIdentity, who: SignInBody, address: string): Promise<SignedIn> {
  const { user, password, project = null, domain } = who;
  if (!isTheDomain(domain)) throw new Refusal('unauthorized', '');
  const scope: AskedScope =
    project === null ? { kind: 'default' } : { kind: 'project', project: { name: project } };
  const first = await issueToken(
    identity,
    { proof: { kind: 'password', user: { name: user }, password }, scope },
    address,
  );
  const chosen = project !== null || opens(first.facts) ? first : await widened(identity, first, address);
  return { token: chosen.token, expiresAt: chosen.facts.expiresAt };
}

/** The first of the first project and the system in which the user has a role; what they came with where there is none. */
async function widened(
  identity: OwnIdentity,
  first: { readonly token: string; readonly facts: TokenFacts },
  address: string,
): Promise<{ readonly token: string; readonly facts: TokenFacts }> {
  const scopes: AskedScope[] = [{ kind: 'project', project: { id: firstProject.id } }, { kind: 'system' }];
  for (const scope of scopes) {
    const held = await issueToken(
      identity,
      { proof: { kind: 'token', token: first.token }, scope },
      address,
    ).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'unauthorized') return null;
      throw error;
    });
    if (held !== null && opens(held.facts)) return held;
  }
  return first;
}

function opens({ roles, target }: TokenFacts): boolean {
  if (target === null) return false;
  return operatorRole({ roles, projectId: target.kind === 'project' ? target.id : null }) !== null;
}

function isTheDomain(domain: string | null | undefined): boolean {
  return domain === null || domain === undefined || domain === theDomain.name || domain === theDomain.id;
}
