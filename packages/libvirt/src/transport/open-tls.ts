import { isIP, type Socket } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { ClientError } from '../errors.ts';
import { type CallOptions, restOf } from '../rpc/call-options.ts';
import { attempt } from './attempt.ts';
import type { TlsAddress } from './libvirt-uri.ts';
import { openSocket } from './open-socket.ts';
import { readTlsCredentials, secureContext, type TlsCredentials } from './tls-credentials.ts';

/** Says why TLS came to nothing, by the code of Node's or OpenSSL's error, and what to do about it. */
function tlsRefusal(error: NodeJS.ErrnoException, host: string, { paths }: TlsCredentials): string {
  const { code = '', message } = error;
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the server's certificate is for another name: for ${namesOf(error)}, not for ${host}. Use a name that it has, or have it issued with this one in its subjectAltName`;
    case 'CERT_HAS_EXPIRED':
      return "the server's certificate, or one that vouches for it, has expired: have it renewed";
    case 'CERT_NOT_YET_VALID':
      return "the server's certificate is not valid yet: compare the clocks of both sides";
    case 'CERT_REVOKED':
      return `the server's certificate was revoked (${paths.revoked})`;
    case 'INVALID_PURPOSE':
      return "the server's certificate is not meant for servers: its extended key usage lacks serverAuth";
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
      return `no CA of ${paths.ca} has signed the server's certificate (${message}): the CA file must be the one that the server's certificate was made with`;
    case 'UNABLE_TO_GET_CRL':
    case 'CRL_HAS_EXPIRED':
    case 'CRL_NOT_YET_VALID':
    case 'CRL_SIGNATURE_FAILURE':
      return `the revocation list ${paths.revoked} is of no use (${message}): renew it for every CA of the chain, or remove it`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'what listens there does not speak TLS: the port of +tcp, perhaps?';
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return 'the server has no TLS 1.2 or later';
    case 'ECONNRESET':
      return 'the server closed the connection during the handshake: see its log, and whether this is the port of TLS (16514)';
    default:
      return message;
  }
}

/** The names of a certificate that did not fit; Node hands it over with the error. */
function namesOf(error: Error & { readonly cert?: Partial<PeerCertificate> }): string {
  return error.cert?.subjectaltname ?? `CN=${error.cert?.subject?.CN ?? '?'} alone`;
}

/** Says that the server turned us away after the handshake, which libvirtd does without a word. */
function clientRefusal({ identity, paths }: TlsCredentials, cause: string): string {
  const ours =
    identity === null
      ? `we showed none, for ${paths.cert} and ${paths.key} are not there`
      : `we showed ${paths.cert}: it must be signed by the server's CA, be valid today, and stand in tls_allowed_dn_list if there is one`;
  return `the server rejected our certificate or our address (${cause}); ${ours}`;
}

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
