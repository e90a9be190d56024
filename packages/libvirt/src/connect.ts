import { ClientError } from './errors.ts';
import { type CallOptions, defaultDeadlineMs } from './rpc/call-options.ts';
import { Connection } from './rpc/connection.ts';
import { defaultKeepalive, type KeepaliveOptions } from './rpc/keepalive.ts';
import { openSocket } from './transport/open-socket.ts';
import { parseLibvirtUri } from './transport/uri.ts';

/** How to connect. */
export interface ConnectOptions extends CallOptions {
  readonly keepalive?: KeepaliveOptions;
  readonly readOnly?: boolean;
}

/** Connects to the daemon of a URI and opens its driver. The deadline holds for all of it. */
export async function connect(uri: string, options: ConnectOptions = {}): Promise<Connection> {
  const { address, driverUri } = parseLibvirtUri(uri);
  const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
  const signals = [...(options.signal ? [options.signal] : [])];
  if (Number.isFinite(deadlineMs)) signals.push(AbortSignal.timeout(deadlineMs));
  const signal = AbortSignal.any(signals);
  const socket = await openSocket(address, signal);
  const connection = new Connection(socket, options.keepalive ?? defaultKeepalive);
  try {
    const call = { signal, deadlineMs: Number.POSITIVE_INFINITY };
    const { types } = await connection.call('authList', {}, call);
    if (!types.includes(0)) {
      const wanted = types.map((type) => ['none', 'SASL', 'polkit'][type] ?? `number ${type}`).join(' or ');
      throw new ClientError(
        'auth-required',
        `${uri}: the daemon wants ${wanted}, this client has no authentication yet`,
        {
          mayHaveRun: false,
        },
      );
    }
    await connection.call('connectOpen', { name: driverUri, flags: options.readOnly === true ? 1 : 0 }, call);
    return connection;
  } catch (error) {
    connection.destroy();
    if (error instanceof ClientError && error.code === 'aborted' && options.signal?.aborted !== true) {
      const message = `${uri}: the daemon did not open the driver within ${deadlineMs} ms`;
      throw new ClientError('deadline-exceeded', message, { mayHaveRun: false, cause: error });
    }
    throw error;
  }
}
