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
