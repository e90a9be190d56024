import type { User } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { atomically, isUniqueViolation } from '../database/atomically.ts';
import type { UserTable } from '../schema/identity-schema.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';
import { endTokens } from './token-store.ts';

/** What can be changed of a user. */
export type UserChange = Partial<Omit<User, 'id' | 'createdAt'>> & { readonly passwordHash?: string };

/** Users, and the hashes of their passwords. Whatever ends a user's right to be in ends their tokens in the same transaction. */
export class UserStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async list(): Promise<User[]> {
    const rows = await this.#db.selectFrom('identity_user').selectAll().orderBy('name').execute();
    return rows.map(readUser);
  }

  async byId(id: string): Promise<User | null> {
    return this.#one('id', id);
  }

  async byName(name: string): Promise<User | null> {
    return this.#one('name', name);
  }

  /** Of a user; null without one. */
  async passwordHash(id: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('identity_user')
      .select('password_hash')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.password_hash ?? null;
  }

  async add(user: Omit<User, 'createdAt'>, passwordHash: string | null): Promise<User | 'name-taken'> {
    const row = { ...writeUser({ ...user, createdAt: this.#now() }), password_hash: passwordHash };
    try {
      await this.#db.insertInto('identity_user').values(row).execute();
    } catch (error) {
      if (isUniqueViolation(error)) return 'name-taken';
      throw error;
    }
    return readUser(row);
  }

  /** Changes a user; a new password and `enabled: false` end all tokens. Null: there is no such user. */
  async change(id: string, change: UserChange): Promise<User | null | 'name-taken'> {
    const { passwordHash, ...fields } = change;
    try {
      return await atomically(this.#db, async (tx) => {
        const row = await tx.selectFrom('identity_user').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) return null;
        const after = { ...readUser(row), ...fields };
        await tx
          .updateTable('identity_user')
          .set({
            ...writeUser(after),
            ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
          })
          .where('id', '=', id)
          .execute();
        if (passwordHash !== undefined || !after.enabled) await endTokens(tx, { userId: id });
        return after;
      });
    } catch (error) {
      if (isUniqueViolation(error)) return 'name-taken';
      throw error;
    }
  }

  /** Gives a user their first password; false when they have one. */
  async givePassword(id: string, passwordHash: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('identity_user')
      .set({ password_hash: passwordHash })
      .where('id', '=', id)
      .where('password_hash', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Takes a user away with all that lets them in; false when there is none. */
  async remove(id: string): Promise<boolean> {
    return atomically(this.#db, async (tx) => {
      await endTokens(tx, { userId: id });
      await tx.deleteFrom('application_credential').where('user_id', '=', id).execute();
      await tx.deleteFrom('role_assignment').where('user_id', '=', id).execute();
      const { numDeletedRows } = await tx.deleteFrom('identity_user').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async #one(column: 'id' | 'name', value: string): Promise<User | null> {
    const row = await this.#db
      .selectFrom('identity_user')
      .selectAll()
      .where(column, '=', value)
      .executeTakeFirst();
    return row === undefined ? null : readUser(row);
  }
}

function readUser(row: Selectable<UserTable>): User {
  const { id, name, email, description } = row;
  return {
    id,
    name,
    email,
    description,
    enabled: row.enabled === 1,
    defaultProjectId: row.default_project_id,
    createdAt: row.created_at,
  };
}

function writeUser(user: User): Omit<Selectable<UserTable>, 'password_hash'> {
  const { id, name, email, description } = user;
  return {
    id,
    name,
    email,
    description,
    enabled: user.enabled ? 1 : 0,
    default_project_id: user.defaultProjectId,
    created_at: user.createdAt,
  };
}
