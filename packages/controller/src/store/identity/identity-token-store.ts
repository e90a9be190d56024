import { createHash, randomBytes } from 'node:crypto';
import { type ProjectRole, type RoleTarget, type TokenFacts, withIncludedRoles } from '@ferry/model';
import type { Insertable, Kysely, Transaction } from 'kysely';
import { atomically } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import type { IdentityTokenTable } from '../schema/identity-schema.ts';
import type { Now } from '../database/clock.ts';
import { readTarget, targetId } from './role-assignment-store.ts';

/** A token that is to be issued. */
export interface NewToken {
  readonly userId: string;
  readonly target: RoleTarget | null;
  readonly methods: readonly string[];
  readonly auditIds: readonly string[];
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly applicationCredentialId: string | null;
  /** What the password or secret was held against, or the token that it is got with; must still hold when it is written. A token ends with what it is got with. */
  readonly proof:
    | { readonly passwordHash: string }
    | { readonly secretHash: string }
    | { readonly token: string }
    | { readonly ownToken: string };
}

/** Tokens of the identity service by their hash: what is read from the database cannot be used as one. */
export class IdentityTokenStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  /** Issues a token; null when its owner may not have one any more. */
  async issue(token: NewToken): Promise<{ readonly token: string; readonly facts: TokenFacts } | null> {
    const secret = `fid_${randomBytes(32).toString('base64url')}`;
    const written = await atomically(this.#db, async (tx) => {
      const got = await gotWith(tx, token);
      if (got === null) return false;
      await tx
        .insertInto('identity_token')
        .values({
          hash: hashOf(secret),
          user_id: token.userId,
          target_kind: token.target?.kind ?? 'unscoped',
          target_id: token.target === null ? '' : targetId(token.target),
          application_credential_id: token.applicationCredentialId,
          methods: JSON.stringify(token.methods),
          audit_ids: JSON.stringify(token.auditIds),
          issued_at: token.issuedAt,
          expires_at: token.expiresAt,
          ...got,
        })
        .execute();
      return true;
    });
    const facts = written ? await this.read(secret) : null;
    return facts === null ? null : { token: secret, facts };
  }

  /**
   * What a token stands for now; null for one that is not known, has expired, or whose owner, project, credential or
   * roles are gone. One query by its key.
   */
  async read(token: string): Promise<TokenFacts | null> {
    const rows = await this.#db
      .selectFrom('identity_token as token')
      .innerJoin('identity_user as user', 'user.id', 'token.user_id')
      .leftJoin('project', (join) =>
        join.on('token.target_kind', '=', 'project').onRef('project.id', '=', 'token.target_id'),
      )
      .leftJoin('application_credential as credential', 'credential.id', 'token.application_credential_id')
      .leftJoin('role_assignment as held', (join) =>
        join
          .onRef('held.user_id', '=', 'token.user_id')
          .onRef('held.target_kind', '=', 'token.target_kind')
          .onRef('held.target_id', '=', 'token.target_id'),
      )
      .select([
        'token.target_kind as targetKind',
        'token.target_id as targetId',
        'token.methods',
        'token.audit_ids as auditIds',
        'token.issued_at as issuedAt',
        'token.expires_at as expiresAt',
        'token.application_credential_id as credentialId',
        'user.id as userId',
        'user.name as userName',
        'user.enabled as userEnabled',
        'project.name as projectName',
        'project.enabled as projectEnabled',
        'credential.name as credentialName',
        'credential.unrestricted as unrestricted',
        'credential.roles as credentialRoles',
        'credential.expires_at as credentialExpiresAt',
        'held.role as role',
      ])
      .where('token.hash', '=', hashOf(token))
      .execute();
    return readFacts(rows, this.#now());
  }

  /** Ends one token, and with it what was got with it, and so on; false when it is not known. */
  async revoke(token: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('identity_token')
      .where('hash', '=', hashOf(token))
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Forgets those that have expired; how many there were. */
  async removeExpired(): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('identity_token')
      .where('expires_at', '<=', this.#now())
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}

/** What ends with the token that a new one is got with. */
type Parents = Pick<Insertable<IdentityTokenTable>, 'parent' | 'own_token_id'>;

/** By which tokens a new one was got; null when what it is issued for holds no more: it may have changed while it was looked at. */
async function gotWith(tx: Transaction<Schema>, token: NewToken): Promise<Parents | null> {
  const { proof } = token;
  const byNone: Parents = { parent: null, own_token_id: null };
  if ('passwordHash' in proof) {
    const user = tx.selectFrom('identity_user').select('password_hash').where('id', '=', token.userId);
    return (await user.executeTakeFirst())?.password_hash === proof.passwordHash ? byNone : null;
  }
  if ('token' in proof) {
    const earlier = tx.selectFrom('identity_token').select('hash').where('hash', '=', hashOf(proof.token));
    const found = await earlier.executeTakeFirst();
    return found === undefined ? null : { ...byNone, parent: found.hash };
  }
  if ('ownToken' in proof) {
    const own = tx.selectFrom('token').select('id').where('hash', '=', hashOf(proof.ownToken));
    const found = await own.executeTakeFirst();
    return found === undefined ? null : { ...byNone, own_token_id: found.id };
  }
  const credential = tx
    .selectFrom('application_credential')
    .select('secret_hash')
    .where('id', '=', token.applicationCredentialId);
  return (await credential.executeTakeFirst())?.secret_hash === proof.secretHash ? byNone : null;
}

interface TokenRow {
  readonly targetKind: string;
  readonly targetId: string;
  readonly methods: string;
  readonly auditIds: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly credentialId: string | null;
  readonly userId: string;
  readonly userName: string;
  readonly userEnabled: number;
  readonly projectName: string | null;
  readonly projectEnabled: number | null;
  readonly credentialName: string | null;
  readonly unrestricted: number | null;
  readonly credentialRoles: string | null;
  readonly credentialExpiresAt: string | null;
  readonly role: string | null;
}

/** One row for each role that the owner holds in the token's target. */
function readFacts(rows: readonly TokenRow[], now: string): TokenFacts | null {
  const [row] = rows;
  if (row === undefined || row.expiresAt <= now || row.userEnabled !== 1) return null;
  const scoped = row.targetKind !== 'unscoped';
  if (row.targetKind === 'project' && row.projectEnabled !== 1) return null;
  if (row.credentialExpiresAt !== null && row.credentialExpiresAt <= now) return null;
  const held = withIncludedRoles(rows.flatMap(({ role }) => (role === null ? [] : [role as ProjectRole])));
  const allowed = row.credentialRoles === null ? null : (JSON.parse(row.credentialRoles) as ProjectRole[]);
  const roles = allowed === null ? held : withIncludedRoles(allowed.filter((role) => held.includes(role)));
  if (scoped && roles.length === 0) return null;
  return {
    user: { id: row.userId, name: row.userName },
    target: scoped ? readTarget(row.targetKind, row.targetId) : null,
    projectName: row.projectName,
    roles,
    methods: JSON.parse(row.methods) as string[],
    auditIds: JSON.parse(row.auditIds) as string[],
    issuedAt: row.issuedAt,
    expiresAt: row.expiresAt,
    applicationCredential:
      row.credentialId === null
        ? null
        : { id: row.credentialId, name: row.credentialName ?? '', unrestricted: row.unrestricted === 1 },
  };
}

// A token is 256 random bits, so a plain fast hash is enough: there is nothing to guess.
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
