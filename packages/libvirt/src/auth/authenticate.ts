import { ClientError } from '../errors.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import { authenticateByPolkit } from './polkit.ts';

/** REMOTE_AUTH_*, by number. */
const methods = ['none', 'sasl', 'polkit'] as const;

/**
 * Says who asks, by the first method of the daemon's list that this client has. Rejects with `auth-required` when there
 * is none, with `auth-failed` when the daemon does not believe it.
 */
export async function authenticate(connection: Connection, options: CallOptions): Promise<void> {
  const { types } = await connection.call('authList', {}, options);
  const offered = types.map((type) => methods[type] ?? `number ${type}`);
  if (offered.includes('none')) return;
  if (offered.includes('polkit')) return authenticateByPolkit(connection, options);
  throw new ClientError('auth-required', `the daemon wants ${offered.join(' or ')}`, { mayHaveRun: false });
}
