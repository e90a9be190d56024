import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { ClientError } from '../errors.ts';
import { type CallOptions, restOf } from '../rpc/call-options.ts';
import { attempt } from './attempt.ts';
import type { TlsAddress } from './libvirt-uri.ts';
import { openSocket } from './open-socket.ts';
import { secureContext } from './secure-context.ts';
import { readTlsCredentials } from './tls-credentials.ts';
import { clientRefusal, tlsRefusal } from './tls-refusal.ts';

/** What the server sends, encrypted, before anything else when it lets the client in (virnetserverclient.c). */
const letIn = 1;

/**
 * Opens a TCP connection and TLS 1.2 or later on it, checks who the server is, and waits until the server has let us in.
 * The deadline holds for all of it. Rejects with `tls-failed`, and as openSocket does.
 */
export async function openTls(
  address: TlsAddress,
  allowUnverified: boolean,
  options: CallOptions & { readonly awayOnly?: boolean | undefined },
): Promise<TLSSocket> {
  const { host, port, verify } = address;
  const what = `No TLS with ${host}:${port}`;
  if (!verify && !allowUnverified) {
    const why =
      'no_verify trusts whoever answers. Who wants that says so when connecting: allowUnverifiedTls: true';
    throw new ClientError('unsupported-uri', `${what}: ${why}`, { mayHaveRun: false });
  }
  const rest = restOf(options);
  const credentials = await readTlsCredentials(address.pkipath);
  const context = secureContext(credentials, verify);
  const socket = await openSocket({ host, port }, { ...rest(), awayOnly: options.awayOnly });
  return attempt(what, rest(), ({ done, fail }) => {
    const name = host.replace(/%.*$/, '');
    const secured = connect({
      socket,
      secureContext: context,
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      rejectUnauthorized: verify,
      minVersion: 'TLSv1.2',
    });
    return reconcileWhenLetIn(secured, socket, {
      done,
      turnedAway: (cause, error) => fail('tls-failed', clientRefusal(credentials, cause), error),
      broken: (error) => fail('tls-failed', tlsRefusal(error, name, credentials), error),
    });
  });
}

interface HandshakeOutcome {
  done(socket: TLSSocket): void;
  /** The handshake was done, and then the server left. */
  turnedAway(cause: string, error?: Error): void;
  broken(error: NodeJS.ErrnoException): void;
}

function reconcileWhenLetIn(
  secured: TLSSocket,
  socket: Socket,
  outcome: HandshakeOutcome,
): (failed: boolean) => void {
  let shaken = false;
  const onSecure = (): void => {
    shaken = true;
  };
  const onReadable = (): void => {
    // One byte only: what follows is the daemon's.
    const byte: unknown = secured.read(1);
    if (!Buffer.isBuffer(byte)) return;
    if (byte[0] === letIn) outcome.done(secured);
    else outcome.turnedAway(`it sent ${byte[0]} where libvirtd sends ${letIn}`);
  };
  const onEnd = (): void => outcome.turnedAway('it closed the connection');
  const onError = (error: NodeJS.ErrnoException): void => {
    // An alert of the other side is about us; with TLS 1.3 it comes after the handshake.
    const alert = /^ERR_SSL_.*_ALERT_.*(CERT|UNKNOWN_CA|ACCESS_DENIED)/.test(error.code ?? '');
    if (shaken || alert) outcome.turnedAway(error.message, error);
    else outcome.broken(error);
  };
  secured
    .once('secureConnect', onSecure)
    .on('readable', onReadable)
    .once('end', onEnd)
    .once('error', onError);
  return (failed) => {
    secured
      .off('secureConnect', onSecure)
      .off('readable', onReadable)
      .off('end', onEnd)
      .off('error', onError);
    if (!failed) return;
    secured.on('error', () => undefined).destroy();
    socket.destroy();
  };
}
