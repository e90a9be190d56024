import { connect, type Socket } from 'node:net';
import type { CallOptions } from '../rpc/call-options.ts';
import { attempt } from './attempt.ts';
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { leadsBack } from './plain-uri.ts';

/** A frame of a stream fits in. */
const readBytes = 262_144;

/** Opens a unix socket or a TCP connection; rejects with `connect-failed`, `deadline-exceeded` or `aborted`. */
export function openSocket(
  address: { readonly path: string } | { readonly host: string; readonly port: number },
  options: CallOptions & { readonly awayOnly?: boolean | undefined },
): Promise<Socket> {
  const where = 'path' in address ? address.path : `${address.host}:${address.port}`;
  return attempt(`No connection to ${where}`, options, ({ done, fail }) => {
    // One buffer for all reads, which whoever listens has copied what it needs of when it returns: by itself Node makes
    // a new one of 64 KiB for each, however little comes.
    const onread = {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (count: number, buffer: Uint8Array): boolean => {
        socket.emit('data', buffer.subarray(0, count));
        return true;
      },
    };
    const socket: Socket =
      'path' in address
        ? connect({ path: address.path, onread })
        : connect({
            host: address.host,
            port: address.port,
            noDelay: true,
            onread,
            ...(options.awayOnly === true ? { lookup: lookUpAway() } : {}),
          });
    const onConnect = (): void => done(socket);
    const onError = (cause: NodeJS.ErrnoException): void =>
      fail('connect-failed', cause.message + remedy(cause.code, 'path' in address), cause);
    socket.once('connect', onConnect).once('error', onError);
    return (failed) => {
      socket.off('connect', onConnect).off('error', onError);
      if (failed) socket.on('error', () => undefined).destroy();
    };
  });
}

function remedy(code: string | undefined, local: boolean): string {
  switch (code) {
    case 'ENOENT':
      return '. No daemon has made this socket: start libvirtd or virtqemud, or name another with "socket"';
    case 'EACCES':
      return '. The socket is not for this user: run as root or as a member of the group libvirt';
    case 'ECONNREFUSED':
      return local
        ? '. The daemon that made this socket does not run any more'
        : '. No daemon listens there: libvirtd needs listen_tcp or listen_tls and --listen, virtproxyd its socket unit';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return '. The name of the host cannot be resolved';
    default:
      return '';
  }
}

type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
type LookupAll = (
  name: string,
  options: LookupOptions & { all: true },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Looks up a name as `net.connect` has it done, and leaves out addresses that lead back to this machine: whoever names a
 * host, or answers for its name, must not have this machine talk to itself. What is found is what is dialled.
 */
export function lookUpAway(lookup: LookupAll = systemLookup) {
  return (name: string, options: LookupOptions, found: Found): void => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return found(error, []);
      const [first, ...more] = addresses.filter(({ address }) => !leadsBack(address));
      if (first === undefined) {
        const told = addresses.map(({ address }) => address).join(', ');
        const message = `${name} is ${told}, the loopback of this machine, and not another one: see DNS and /etc/hosts, or give its address`;
        return found(new Error(message), []);
      }
      if (options.all === true) return found(null, [first, ...more]);
      return found(null, first.address, first.family);
    });
  };
}
