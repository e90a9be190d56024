import type { Credentials } from '../credentials.ts';
import { type SaslExchange, SaslError } from './sasl-exchange.ts';

/** PLAIN (RFC 4616): the password as it is. Only for transports that nobody can read. */
export function plain({ username, password }: Credentials): SaslExchange {
  if (username.includes('\0') || password.includes('\0')) {
    throw new SaslError('a user name or password with a zero character cannot be sent');
  }
  return {
    first: () => Promise.resolve(Buffer.from(`\0${username}\0${password}`, 'utf8')),
    next: () => Promise.reject(new SaslError('PLAIN has one message only, yet the daemon wants another')),
    done: true,
  };
}
