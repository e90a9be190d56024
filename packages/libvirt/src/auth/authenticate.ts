import { ClientError, LibvirtError } from '../errors.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import type { LibvirtUri } from '../transport/libvirt-uri.ts';
import type { Transport } from '../transport/open-transport.ts';
import type { CredentialsSource } from './credentials.ts';
import { authenticateBySasl } from './sasl/authenticate-by-sasl.ts';

/** REMOTE_AUTH_*, by number. */
const methods = ['none', 'sasl', 'polkit'] as const;

/** What is known of the connection and of who asks. */
export interface AuthSettings {
  readonly uri: LibvirtUri;
  readonly transport: Transport;
  readonly credentials: CredentialsSource | undefined;
}

/**
 * Says who asks, by the first method of the daemon's list, or by the one that the URI names. Rejects with `auth-required`
 * when there is none, with `auth-failed` when the daemon does not believe it.
 */
export async function authenticate(
  connection: Connection,
  { uri, transport, credentials }: AuthSettings,
  rest: () => CallOptions,
): Promise<void> {
  const { types } = await connection.call('authList', {}, rest());
  const offered = types.map((type) => methods[type] ?? `number ${type}`);
  const { auth } = uri;
  if (auth !== null && !offered.includes(auth.kind)) {
    throw required(`the URI wants ${auth.kind}, the daemon ${offered.join(' or ')}`);
  }
  switch (auth?.kind ?? offered.find((method) => methods.some((known) => known === method))) {
    case 'none':
      return;
    case 'polkit':
      return authenticateByPolkit(connection, rest());
    case 'sasl': {
      const { host } = transport;
      const settings = {
        host,
        private: transport.private,
        mechanism: auth?.kind === 'sasl' ? auth.mechanism : null,
        // Over ssh it is the user of ssh.
        username: transport.kind === 'ssh' ? null : uri.user,
        credentials: { given: credentials, authfile: uri.authfile },
      };
      return authenticateBySasl(connection, settings, rest);
    }
    case undefined:
    default:
      throw required(
        `the daemon wants ${offered.join(' or ') || 'nothing that it names'}, which this client does not have`,
      );
  }
}

function required(message: string): ClientError {
  return new ClientError('auth-required', message, { mayHaveRun: false });
}

const remedy =
  "Run as root or as a member of the group libvirt, allow org.libvirt.unix.manage to this user in polkit's rules, " +
  'or set auth_unix_rw = "none" with unix_sock_group in libvirtd.conf.';

/**
 * Lets the daemon ask polkit about this process: it knows our user from the socket. Rejects with `auth-failed` when
 * polkit refuses, or would have to ask a person.
 */
async function authenticateByPolkit(connection: Connection, options: CallOptions): Promise<void> {
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
