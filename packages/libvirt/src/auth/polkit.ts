import { ClientError, LibvirtError } from '../errors.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';

const remedy =
  "Run as root or as a member of the group libvirt, allow org.libvirt.unix.manage to this user in polkit's rules, " +
  'or set auth_unix_rw = "none" with unix_sock_group in libvirtd.conf.';

/**
 * Lets the daemon ask polkit about this process: it knows our user from the socket. Rejects with `auth-failed` when
 * polkit refuses, or would have to ask a person.
 */
export async function authenticateByPolkit(connection: Connection, options: CallOptions): Promise<void> {
  try {
    const { complete } = await connection.call('authPolkit', {}, options);
    if (complete) return;
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    const message = `polkit on the host refused this process (user ${process.getuid?.() ?? 'unknown'}): ${error.message}. ${remedy}`;
    throw new ClientError('auth-failed', message, { mayHaveRun: false, cause: error });
  }
  throw new ClientError('auth-failed', `polkit has not decided. ${remedy}`, { mayHaveRun: false });
}
