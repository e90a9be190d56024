import type { CallOptions } from '../../rpc/call-options.ts';
import type { Credentials } from '../credentials.ts';
import { gssapi } from './gssapi.ts';
import { plain } from './plain.ts';
import type { SaslContext } from './sasl-context.ts';
import type { SaslExchange } from './sasl-exchange.ts';
import { scram } from './scram.ts';

/** A SASL mechanism as far as choosing one goes. */
export interface SaslMechanism {
  readonly name: string;
  /** Whether it can encrypt the connection by itself. */
  readonly encrypts: boolean;
  /** How an exchange begins: with credentials, or with a ticket that it gets by itself under a deadline. */
  readonly start:
    | { readonly wants: 'password'; readonly exchange: (credentials: Credentials) => SaslExchange }
    | {
        readonly wants: 'ticket';
        readonly exchange: (context: SaslContext, rest: () => CallOptions) => SaslExchange;
      };
}

const byPassword = (name: string, exchange: (credentials: Credentials) => SaslExchange): SaslMechanism => ({
  name,
  encrypts: false,
  start: { wants: 'password', exchange },
});

/** Those that this client has, in the order in which they are tried: a password that somebody gave goes before tickets. */
export const mechanisms: readonly SaslMechanism[] = [
  byPassword('SCRAM-SHA-512', (credentials) => scram('sha512', credentials)),
  byPassword('SCRAM-SHA-256', (credentials) => scram('sha256', credentials)),
  byPassword('SCRAM-SHA-1', (credentials) => scram('sha1', credentials)),
  byPassword('PLAIN', plain),
  { name: 'GSSAPI', encrypts: true, start: { wants: 'ticket', exchange: gssapi } },
];
