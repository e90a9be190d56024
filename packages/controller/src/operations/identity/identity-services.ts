import { Refusal } from '../engine/refusal.ts';
import type { Role, TokenFacts } from '@ferry/model';
import type { Store } from '../../store/store.ts';
import type { Limits } from '../engine/services.ts';
import type { KnownTokens } from './known-tokens.ts';
import type { Passwords } from './passwords.ts';
import type { SignInGate } from './sign-in-gate.ts';

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
