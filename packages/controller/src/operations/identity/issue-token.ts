import { randomBytes } from 'node:crypto';
import type { AuthRequest, Named, Proof } from '@ferry/api';
import {
  type ApplicationCredential,
  type AskedScope,
  chooseScope,
  type RoleTarget,
  type TokenFacts,
  type User,
} from '@ferry/model';
import type { NewToken } from '../../store/identity/identity-token-store.ts';
import { Refusal } from '../shared/refusal.ts';
import type { IdentityServices } from './identity-services.ts';
import { verifyPassword } from './password-hash.ts';
import { ownTokenPrefix, readToken } from './read-token.ts';

/** A token and what it stands for. */
export interface IssuedToken {
  readonly token: string;
  readonly facts: TokenFacts;
}

/** Somebody who has proved who they are. */
interface Proven {
  readonly user: User;
  readonly methods: readonly string[];
  /** Of the first of the tokens that this one is got with; null for the first itself. */
  readonly firstAuditId: string | null;
  readonly credential: ApplicationCredential | null;
  /** No token is good for longer than what it is got with. */
  readonly notAfter: string | null;
  readonly proof: NewToken['proof'];
}

/**
 * Issues a token to whoever proves who they are, for what they ask and have a role in. Refuses with `unauthorized`, which
 * says nothing more: not whether the user, the project or the password was the wrong part.
 */
export async function issueToken(
  identity: IdentityServices,
  request: AuthRequest,
  address: string,
): Promise<IssuedToken> {
  const proven = await prove(identity, request.proof, address);
  if (proven === null || !proven.user.enabled || request.scope === null)
    throw new Refusal('unauthorized', '');
  const target = await scopeOf(identity, proven, request.scope);
  const issuedAt = identity.store.now();
  const expiresAt = [new Date(Date.parse(issuedAt) + identity.tokenLifeMs).toISOString(), proven.notAfter]
    .filter((time) => time !== null)
    .toSorted()[0];
  const issued = await identity.store.identityTokens.issue({
    userId: proven.user.id,
    target,
    methods: proven.methods,
    auditIds: [newAuditId(), ...(proven.firstAuditId === null ? [] : [proven.firstAuditId])],
    issuedAt,
    expiresAt: expiresAt ?? issuedAt,
    applicationCredentialId: proven.credential?.id ?? null,
    proof: proven.proof,
  });
  if (issued === null) throw new Refusal('unauthorized', '');
  return issued;
}

async function prove(identity: IdentityServices, proof: Proof, address: string): Promise<Proven | null> {
  switch (proof.kind) {
    case 'password': {
      // By its id where there is one: tries by the name and by the id of one user count together.
      const user = await findNamed(identity.store.users, proof.user);
      return identity.gate.pass({ name: user?.id ?? nameOf(proof.user), address }, () =>
        byPassword(identity, user, proof.password),
      );
    }
    case 'application_credential': {
      const credential = await findCredentialNamed(identity, proof.credential);
      const { credential: named } = proof;
      const name = credential?.id ?? ('id' in named ? named.id : `${nameOf(named.user)} ${named.name}`);
      return identity.gate.pass({ name, address }, () => byCredential(identity, credential, proof.secret));
    }
    case 'token':
      return byToken(identity, proof.token);
  }
}

async function byPassword(
  { store }: IdentityServices,
  user: User | null,
  password: string,
): Promise<Proven | null> {
  const hash = user === null ? null : await store.users.passwordHash(user.id);
  // The work is the same when there is no such user or password.
  const right = await verifyPassword(password, hash);
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
  { store }: IdentityServices,
  credential: ApplicationCredential | null,
  secret: string,
): Promise<Proven | null> {
  const hash = credential === null ? null : await store.applicationCredentials.secretHash(credential.id);
  const right = await verifyPassword(secret, hash);
  const user = credential === null ? null : await store.users.byId(credential.userId);
  if (!right || credential === null || user === null || hash === null) return null;
  if (credential.expiresAt !== null && credential.expiresAt <= store.now()) return null;
  return {
    user,
    methods: ['application_credential'],
    firstAuditId: null,
    credential,
    notAfter: credential.expiresAt,
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
    proof: token.startsWith(ownTokenPrefix) ? null : { token },
  };
}

async function scopeOf(
  { store }: IdentityServices,
  { user, credential }: Proven,
  asked: AskedScope,
): Promise<RoleTarget | null> {
  const boundTo = credential?.projectId ?? null;
  const projectId = await projectOf();
  const wanted: RoleTarget | null =
    asked.kind === 'system' || asked.kind === 'domain'
      ? asked
      : projectId === null
        ? null
        : { kind: 'project', id: projectId };
  const held = wanted === null ? [] : await store.roleAssignments.rolesOf(user.id, wanted);
  const target = chooseScope(asked, { projectId, boundTo, holdsRole: held.length > 0 });
  if (target === 'refused') throw new Refusal('unauthorized', '');
  return target === 'unscoped' ? null : target;

  async function projectOf(): Promise<string | null> {
    const named = asked.kind === 'project' ? asked.project : null;
    const usual = asked.kind === 'default' ? (boundTo ?? user.defaultProjectId) : null;
    const project = await findNamed(store.projects, named ?? (usual === null ? null : { id: usual }));
    return project?.enabled === true ? project.id : null;
  }
}

async function findNamed<T>(
  among: { byId(id: string): Promise<T | null>; byName(name: string): Promise<T | null> },
  named: Named,
): Promise<T | null> {
  if (named === null) return null;
  return 'id' in named ? among.byId(named.id) : among.byName(named.name);
}

/** What failures are counted by where there is nobody of that name. */
function nameOf(named: Named): string {
  if (named === null) return 'of another domain';
  return 'id' in named ? named.id : named.name;
}

/** 128 random bits, by which a token can be spoken of without giving it away. */
function newAuditId(): string {
  return randomBytes(16).toString('base64url');
}
