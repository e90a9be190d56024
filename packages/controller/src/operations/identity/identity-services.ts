import type { Role, TokenFacts } from '@ferry/model';
import type { Store } from '../../store/store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Limits } from '../engine/services.ts';
import type { Passwords } from './passwords.ts';
import type { SignInGate } from './sign-in-gate.ts';

/** How long an answer is used again: another controller's revocation is heeded after so long at the latest. */
const keptMs = 2_000;
const maxKept = 10_000;

/** What tokens stand for, asked of the database once in a while: a client asks with the same token again and again. */
export class KnownTokens<Facts> {
  readonly #read: (token: string) => Promise<Facts | null>;
  readonly #isGood: (facts: Facts) => boolean;
  readonly #kept = new Map<string, { readonly facts: Facts; readonly until: number }>();
  #changes = 0;

  /** `isGood`: whether what was read before is so still, as far as that is told without the database: it may have expired. */
  constructor(
    read: (token: string) => Promise<Facts | null>,
    isGood: (facts: Facts) => boolean = () => true,
  ) {
    this.#read = read;
    this.#isGood = isGood;
  }

  async read(token: string): Promise<Facts | null> {
    const kept = this.#kept.get(token);
    if (kept !== undefined && kept.until > performance.now())
      return this.#isGood(kept.facts) ? kept.facts : null;
    const changes = this.#changes;
    const facts = await this.#read(token);
    this.#kept.delete(token);
    // Something may have been revoked while it was read.
    if (facts === null || changes !== this.#changes) return facts;
    if (this.#kept.size >= maxKept) this.#kept.clear();
    this.#kept.set(token, { facts, until: performance.now() + keptMs });
    return facts;
  }

  /** Whatever of users, projects, roles or tokens has changed: nothing kept counts any more. */
  forget(): void {
    this.#changes += 1;
    this.#kept.clear();
  }
}

/** What operations of the identity service work with. */
export interface IdentityServices {
  readonly store: Store;
  readonly passwords: Passwords;
  /** Characters that a password has at least when it is set. */
  readonly minPasswordLength: number;
  readonly limits: Pick<Limits, 'quotas'>;
  readonly gate: SignInGate;
  readonly tokens: KnownTokens<TokenFacts>;
  /** Roles of Ferry's own tokens, which end when a controller that has lost its files makes new ones at its start. */
  readonly ownTokens: KnownTokens<Role>;
  /** How long a token is good for. */
  readonly tokenLifeMs: number;
}

/**
 * Hashes a password or secret that somebody has chosen; refuses one that is too short. Not asked at sign-in: what was
 * set before stays good.
 */
export async function hashNewPassword(
  { passwords, minPasswordLength }: Pick<IdentityServices, 'passwords' | 'minPasswordLength'>,
  password: string,
  what: 'password' | 'secret' = 'password',
): Promise<string> {
  const length = Array.from(password).length;
  if (length < minPasswordLength)
    throw new Refusal(
      'bad-request',
      `The ${what} has ${length} characters, and at least ${minPasswordLength} are asked for (\`ferry serve --min-password-length\`). Choose a longer one.`,
    );
  return passwords.hash(password);
}
