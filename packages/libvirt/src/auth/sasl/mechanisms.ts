import type { Credentials } from '../credentials.ts';
import { plain } from './plain.ts';
import type { SaslExchange } from './sasl-exchange.ts';
import { scram } from './scram.ts';

/** A SASL mechanism that proves a password. None of them encrypts: that is the transport's. */
export interface SaslMechanism {
  readonly name: string;
  readonly exchange: (credentials: Credentials) => SaslExchange;
}

/** Those that this client has, in the order in which they are tried. */
export const mechanisms: readonly SaslMechanism[] = [
  { name: 'SCRAM-SHA-512', exchange: (credentials) => scram('sha512', credentials) },
  { name: 'SCRAM-SHA-256', exchange: (credentials) => scram('sha256', credentials) },
  { name: 'SCRAM-SHA-1', exchange: (credentials) => scram('sha1', credentials) },
  { name: 'PLAIN', exchange: plain },
];
