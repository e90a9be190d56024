import { createHash, randomBytes } from 'node:crypto';
import type { ConsoleKind } from '@ferry/model';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import { openText, sealText } from '../database/sealed-text.ts';
import type { Now } from '../database/clock.ts';

/** What a token opens. */
export interface ConsoleGrant {
  readonly instanceId: string;
  readonly kind: ConsoleKind;
  /** Whom it is for. */
  readonly userId: string;
  /** What they showed when they asked for it: with that it ends. */
  readonly authToken: string;
  /** UTC ISO 8601. */
  readonly expiresAt: string;
}

/** Tokens that an instance has at a time: whoever asks for more and more fills no database. */
const maxTokens = 100;

/** Tokens of consoles by their hash: what is read from the database opens none. */
export class ConsoleTokenStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  /** A new token for an instance, wherever it is until the token ends. Of many the oldest end early. */
  async issue({ instanceId, kind, userId, authToken, expiresAt }: ConsoleGrant): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const hash = hashOf(token);
    const row = {
      hash,
      instance_id: instanceId,
      kind,
      created_at: this.#now(),
      expires_at: expiresAt,
      user_id: userId,
      sealed_token: sealText(authToken, token),
    };
    await this.#db.insertInto('console_token').values(row).execute();
    await this.#db
      .deleteFrom('console_token')
      .where('instance_id', '=', instanceId)
      .where('hash', 'not in', (query) =>
        query
          .selectFrom('console_token')
          .select('hash')
          .where('instance_id', '=', instanceId)
          .orderBy('created_at', 'desc')
          .limit(maxTokens),
      )
      // Whatever else was issued in the same millisecond.
      .where('hash', '!=', hash)
      .execute();
    return token;
  }

  /** What a token opens; null for one that is not known or has ended, or whose instance is gone. */
  async read(token: string): Promise<ConsoleGrant | null> {
    const row = await this.#db
      .selectFrom('console_token')
      .innerJoin('instance', 'instance.id', 'console_token.instance_id')
      .selectAll('console_token')
      .where('console_token.hash', '=', hashOf(token))
      .where('console_token.expires_at', '>', this.#now())
      .where('instance.deleted_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      instanceId: row.instance_id,
      kind: row.kind as ConsoleKind,
      userId: row.user_id,
      authToken: openText(row.sealed_token, token),
      expiresAt: row.expires_at,
    };
  }

  /** Forgets those that have ended. */
  async removeExpired(): Promise<void> {
    await this.#db.deleteFrom('console_token').where('expires_at', '<=', this.#now()).execute();
  }
}

// A token is 256 random bits, so a plain fast hash is enough: there is nothing to guess.
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
