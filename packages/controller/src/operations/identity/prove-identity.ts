import type { Named, Proof } from '@ferry/api';
import type { ApplicationCredential, User } from '@ferry/model';
import type { NewToken } from '../../store/identity/identity-token-store.ts';
import type { IdentityServices } from './identity-services.ts';
import { ownTokenPrefix, readToken } from './read-token.ts';

/** The one that a request names, by its id or by its name; null for one in another domain, where nobody is. */
export async function findNamed<T>(
  among: { byId(id: string): Promise<T | null>; byName(name: string): Promise<T | null> },
  named: Named,
): Promise<T | null> {
  if (named === null) return null;
  return 'id' in named ? among.byId(named.id) : among.byName(named.name);
}

/** Somebody who has proved who they are. */
export interface Proven {
  readonly user: User;
  readonly methods: readonly string[];
  /** Of the first of the tokens that this one is got with; null for the first itself. */
  readonly firstAuditId: string | null;
  readonly credential: ApplicationCredential | null;
  /** No token is good for longer than what it is got with. */
  readonly notAfter: string | null;
  readonly proof: NewToken['proof'];
}

/** Who it is that a proof is of; null when it is of nobody. Throws TooManyAttempts without looking at it. */
export async function proveIdentity(
  identity: IdentityServices,
  proof: Proof,
  address: string,
): Promise<Proven | null> {
  switch (proof.kind) {
    case 'password': {
      // By its id where there is one: tries by the name and by the id of one user count together.
      const user = await findNamed(identity.store.users, proof.user);
      return identity.gate.pass({ name: user?.id ?? nameOf(proof.user), user, address }, () =>
        byPassword(identity, user, proof.password),
      );
    }
    case 'application_credential': {
      const credential = await findCredentialNamed(identity, proof.credential);
      const { credential: named } = proof;
      const name = credential?.id ?? ('id' in named ? named.id : `${nameOf(named.user)} ${named.name}`);
      const user = credential === null ? null : await identity.store.users.byId(credential.userId);
      return identity.gate.pass({ name, user, address }, () =>
        byCredential(identity, credential, proof.secret),
      );
    }
    case 'token':
      return byToken(identity, proof.token);
  }
}

async function byPassword(
  { store, passwords }: IdentityServices,
  user: User | null,
  password: string,
): Promise<Proven | null> {
  const hash = user === null ? null : await store.users.passwordHash(user.id);
  // The work is the same when there is no such user or password.
  const right = await passwords.verify(password, hash);
  if (!right || user === null || hash === null) return null;
  return {
    user,
    methods: ['password'],
    firstAuditId: null,
    credential: null,
    notAfter: null,
    proof: { passwordHash: hash },
  };
}

async function byCredential(
  { store, passwords }: IdentityServices,
  credential: ApplicationCredential | null,
  secret: string,
): Promise<Proven | null> {
  const hash = credential === null ? null : await store.applicationCredentials.secretHash(credential.id);
  const right = await passwords.verify(secret, hash);
  const user = credential === null ? null : await store.users.byId(credential.userId);
  if (!right || credential === null || user === null || hash === null) return null;
  if (credential.expiresAt !== null && credential.expiresAt <= store.now()) return null;
  return {
    user,
    methods: ['application_credential'],
    firstAuditId: null,
    credential,
    // Times of tokens have milliseconds.
    notAfter: credential.expiresAt === null ? null : `${credential.expiresAt.slice(0, 23)}Z`,
    proof: { secretHash: hash },
  };
}

async function findCredentialNamed(
  { store }: IdentityServices,
  named: Extract<Proof, { kind: 'application_credential' }>['credential'],
): Promise<ApplicationCredential | null> {
  if ('id' in named) return store.applicationCredentials.byId(named.id);
  const owner = await findNamed(store.users, named.user);
  const all = owner === null ? [] : await store.applicationCredentials.of(owner.id);
  return all.find(({ name }) => name === named.name) ?? null;
}

/** A token is 256 random bits: nobody guesses it, and nobody needs to be slowed down. */
async function byToken(identity: IdentityServices, token: string): Promise<Proven | null> {
  const { store } = identity;
  const facts = await readToken(identity, token);
  const user = facts === null ? null : await store.users.byId(facts.user.id);
  if (facts === null || user === null) return null;
  const { applicationCredential } = facts;
  const credential =
    applicationCredential === null ? null : await store.applicationCredentials.byId(applicationCredential.id);
  // Deleted this moment: without it the new token would not be bound to its project any more.
  if (applicationCredential !== null && credential === null) return null;
  return {
    user,
    methods: [...new Set(['token', ...facts.methods])],
    firstAuditId: facts.auditIds.at(-1) ?? null,
    credential,
    notAfter: facts.expiresAt,
    proof: token.startsWith(ownTokenPrefix) ? { ownToken: token } : { token },
  };
}

/** What failures are counted by where there is nobody of that name. */
function nameOf(named: Named): string {
  if (named === null) return 'of another domain';
  return 'id' in named ? named.id : named.name;
}
