import { authenticate } from './auth/authenticate.ts';
import type { CredentialsSource } from './auth/credentials.ts';
import { ClientError, LibvirtError } from './errors.ts';
import { DriverFeature } from './protocol/flags.ts';
import { type CallOptions, restOf } from './rpc/call-options.ts';
import { Connection } from './rpc/connection.ts';
import { defaultKeepalive, type KeepaliveOptions } from './rpc/keepalive.ts';
import { findDaemon } from './transport/client-config.ts';
import { openTransport } from './transport/open-transport.ts';

/** How to connect. */
export interface ConnectOptions extends CallOptions {
  /** Every 5 s, five times, when not given; null for none. */
  readonly keepalive?: KeepaliveOptions | null;
  readonly readOnly?: boolean;
  /** For daemons that want SASL; where not given, libvirt's auth.conf is asked. */
  readonly credentials?: CredentialsSource | undefined;
  /** Lets a URI with `no_verify` trust any server that speaks TLS. */
  readonly allowUnverifiedTls?: boolean;
  /** Lets a URI with `no_verify` or `known_hosts_verify` trust host keys that ssh does not know. */
  readonly allowUnverifiedSsh?: boolean;
  /** A name of a host that is looked up and leads back to this machine is not dialled by TCP or TLS; ssh looks up by itself. */
  readonly awayOnly?: boolean;
  /** libvirt.conf, with aliases and the URI that an empty one stands for: libvirt's own when not given, null for none. */
  readonly configFile?: string | null;
}

/** VIR_CONNECT_RO. */
const readOnlyFlag = 1;

/**
 * Connects to the daemon of a URI and opens its driver. The deadline holds for all of it. Rejects with ClientError, or
 * with LibvirtError when the driver cannot be opened.
 */
export async function connect(uri: string, options: ConnectOptions = {}): Promise<Connection> {
  const rest = restOf(options);
  const parsed = await findDaemon(uri, options);
  const transport = await openTransport(parsed, { ...options, ...rest() });
  const connection = new Connection(transport.stream);
  try {
    const { credentials } = options;
    await authenticate(connection, { uri: parsed, transport, credentials }, rest);
    const flags = options.readOnly === true ? readOnlyFlag : 0;
    await connection.call('connectOpen', { name: parsed.driverUri, flags }, rest());
    // Asking is also what makes the daemon watch over us: it gives up our migration when we are gone.
    if ((await supportsKeepalive(connection, rest())) && options.keepalive !== null) {
      connection.startKeepalive(options.keepalive ?? defaultKeepalive);
    }
    return connection;
  } catch (error) {
    connection.destroy();
    if (!(error instanceof ClientError)) throw error;
    // A transport that breaks knows better why than the connection on it.
    const { code, message } = error.cause instanceof ClientError ? error.cause : error;
    const trouble = code === 'deadline-exceeded' ? transport.trouble() : '';
    const said = `${uri}: ${message}${trouble === '' ? '' : ` (${trouble})`}`;
    // Opening a driver changes nothing on the host: whatever ran, nothing has to be looked after.
    throw new ClientError(code, said, { mayHaveRun: false, cause: error });
  }
}

async function supportsKeepalive(connection: Connection, options: CallOptions): Promise<boolean> {
  try {
    const feature = DriverFeature.programKeepalive;
    return (await connection.call('connectSupportsFeature', { feature }, options)).supported;
  } catch (error) {
    if (error instanceof LibvirtError) return false;
    throw error;
  }
}
