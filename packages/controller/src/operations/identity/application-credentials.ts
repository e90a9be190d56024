import { randomBytes } from 'node:crypto';
import type { NewApplicationCredentialBody } from '@ferry/api';
import { type ApplicationCredential, findRole, type ProjectRole, type TokenFacts } from '@ferry/model';
import { requireQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import { hashNewPassword, type IdentityServices } from './identity-services.ts';
import { newId } from './users.ts';

/** The credential of an id, if it is that user's. */
export async function findCredential(
  { store }: Pick<IdentityServices, 'store'>,
  userId: string,
  id: string,
): Promise<ApplicationCredential> {
  const credential = await store.applicationCredentials.byId(id);
  if (credential === null || credential.userId !== userId)
    throw new Refusal('application-credential-not-found', `Could not find Application Credential: ${id}.`);
  return credential;
}

/** Makes one for who asks, in the project of their token, with roles that the token has. The secret is shown this once. */
export async function createCredential(
  identity: IdentityServices,
  asker: TokenFacts,
  body: NewApplicationCredentialBody,
): Promise<{ readonly credential: ApplicationCredential; readonly secret: string }> {
  requireUnrestricted(asker);
  if (asker.target?.kind !== 'project')
    throw new Refusal('bad-request', 'An application credential is made with a token for a project.');
  const { length } = await identity.store.applicationCredentials.of(asker.user.id);
  requireQuota(identity.limits.quotas.applicationCredentials, length + 1, 'application credentials');
  const secret = body.secret ?? randomBytes(64).toString('base64url');
  const credential = await identity.store.applicationCredentials.add(
    {
      id: newId(),
      name: body.name,
      description: body.description ?? null,
      userId: asker.user.id,
      projectId: asker.target.id,
      roles: rolesAsked(asker, body),
      unrestricted: body.unrestricted ?? false,
      expiresAt: readExpiry(body.expires_at ?? null, identity.store.now()),
    },
    await hashNewPassword(identity, secret, 'secret'),
  );
  if (credential === 'name-taken')
    throw new Refusal(
      'application-credential-exists',
      `You have an application credential "${body.name}" already.`,
    );
  return { credential, secret };
}

/** Takes one away, with its tokens. */
export async function deleteCredential(
  identity: IdentityServices,
  asker: TokenFacts,
  credential: ApplicationCredential,
): Promise<void> {
  requireUnrestricted(asker);
  await identity.store.applicationCredentials.remove(credential.id);
  identity.tokens.forget();
}

/** Who came in with a credential that leaked must not be able to make themselves another one. */
function requireUnrestricted({ applicationCredential }: TokenFacts): void {
  if (applicationCredential !== null && !applicationCredential.unrestricted)
    throw new Refusal(
      'forbidden',
      'A token of an application credential may not make or delete such credentials, unless it was made with "unrestricted".',
    );
}

function rolesAsked(asker: TokenFacts, { roles }: NewApplicationCredentialBody): ProjectRole[] {
  // All of them, where none are named; the included ones follow from the strongest.
  if (roles === undefined || roles.length === 0) return [...asker.roles];
  return roles.map(({ id, name }) => {
    const role = findRole(id ?? name ?? '');
    if (role === null || !asker.roles.includes(role.name))
      throw new Refusal(
        'bad-request',
        `The token does not have the role "${name ?? id ?? ''}": it has ${asker.roles.join(', ')}.`,
      );
    return role.name;
  });
}

/** Keystone's clients send a time without a zone, and mean UTC. Its microseconds are kept, as they compare what they get. */
function readExpiry(text: string | null, now: string): string | null {
  if (text === null) return null;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time))
    throw new Refusal('bad-request', `expires_at "${text}" is no time; 2027-01-31T12:00:00 is one.`);
  const toMilliseconds = new Date(time).toISOString();
  const [, beyond = ''] = /\.\d{3}(\d{1,3})/.exec(zoned) ?? [];
  const expiresAt = toMilliseconds.replace('Z', `${beyond}Z`);
  if (expiresAt <= now) throw new Refusal('bad-request', `expires_at ${expiresAt} has passed: it is ${now}.`);
  return expiresAt;
}
