import type { ApplicationCredential, ProjectRole } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { atomically, isUniqueViolation } from '../database/atomically.ts';
import type { ApplicationCredentialTable } from '../schema/identity-schema.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';
import { endTokens } from './token-store.ts';

/** Application credentials, with hashes of their secrets. */
export class ApplicationCredentialStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async of(userId: string): Promise<ApplicationCredential[]> {
    const rows = await this.#db
      .selectFrom('application_credential')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('name')
      .execute();
    return rows.map(readCredential);
  }

  async byId(id: string): Promise<ApplicationCredential | null> {
    const row = await this.#db
      .selectFrom('application_credential')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? null : readCredential(row);
  }

  async secretHash(id: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('application_credential')
      .select('secret_hash')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.secret_hash ?? null;
  }

  async add(
    credential: Omit<ApplicationCredential, 'createdAt'>,
    secretHash: string,
  ): Promise<ApplicationCredential | 'name-taken'> {
    const added = { ...credential, createdAt: this.#now() };
    try {
      await this.#db
        .insertInto('application_credential')
        .values(writeCredential(added, secretHash))
        .execute();
    } catch (error) {
      if (isUniqueViolation(error)) return 'name-taken';
      throw error;
    }
    return added;
  }

  /** Takes one away with its tokens; false when there is none. */
  async remove(id: string): Promise<boolean> {
    return atomically(this.#db, async (tx) => {
      await endTokens(tx, { applicationCredentialId: id });
      const { numDeletedRows } = await tx
        .deleteFrom('application_credential')
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }
}

function readCredential(row: Selectable<ApplicationCredentialTable>): ApplicationCredential {
  const { id, name, description } = row;
  return {
    id,
    name,
    description,
    userId: row.user_id,
    projectId: row.project_id,
    roles: JSON.parse(row.roles) as ProjectRole[],
    unrestricted: row.unrestricted === 1,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  };
}

function writeCredential(
  credential: ApplicationCredential,
  secretHash: string,
): Selectable<ApplicationCredentialTable> {
  const { id, name, description } = credential;
  return {
    id,
    name,
    description,
    user_id: credential.userId,
    project_id: credential.projectId,
    secret_hash: secretHash,
    roles: JSON.stringify(credential.roles),
    unrestricted: credential.unrestricted ? 1 : 0,
    expires_at: credential.expiresAt,
    created_at: credential.createdAt,
  };
}
