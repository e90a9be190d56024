import type { Credentials } from '../credentials.ts';
import { plain } from './plain.ts';
import type { SaslExchange } from './sasl-exchange.ts';
import { scram } from './scram.ts';

/** What an exchange may have to know. */
export interface SaslContext {
  /** The name that the daemon's host is known by; null for this machine. */
  readonly host: string | null;
  /** Whether the transport is private: where it is not, the mechanism must encrypt. */
  readonly private: boolean;
}

/** A SASL mechanism as far as choosing one goes. */
export interface SaslMechanism {
  readonly name: string;
  /** Whether it can encrypt the connection by itself. */
  readonly encrypts: boolean;
  /** How an exchange begins; `credentials` are there where the mechanism wants them. */
  readonly start:
    | { readonly wants: 'password'; readonly exchange: (credentials: Credentials) => SaslExchange }
    | { readonly wants: 'ticket'; readonly exchange: (context: SaslContext) => SaslExchange };
}

const byPassword = (name: string, exchange: (credentials: Credentials) => SaslExchange): SaslMechanism => ({
  name,
  encrypts: false,
  start: { wants: 'password', exchange },
});

/** Those that this client has, the best first. */
export const mechanisms: readonly SaslMechanism[] = [
  byPassword('SCRAM-SHA-512', (credentials) => scram('sha512', credentials)),
  byPassword('SCRAM-SHA-256', (credentials) => scram('sha256', credentials)),
  byPassword('SCRAM-SHA-1', (credentials) => scram('sha1', credentials)),
  byPassword('PLAIN', plain),
];
