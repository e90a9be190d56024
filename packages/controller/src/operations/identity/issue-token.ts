import { randomBytes } from 'node:crypto';
import type { AuthRequest } from '@ferry/api';
import { type AskedScope, chooseScope, type RoleTarget, type TokenFacts } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { findNamed, proveIdentity, type Proven } from './prove-identity.ts';
import type { IdentityServices } from './identity-services.ts';

/** A token and what it stands for. */
interface IssuedToken {
  readonly token: string;
  readonly facts: TokenFacts;
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
  const proven = await proveIdentity(identity, request.proof, address);
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

/** 128 random bits, by which a token can be spoken of without giving it away. */
function newAuditId(): string {
  return randomBytes(16).toString('base64url');
}
