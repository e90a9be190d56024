import type { Duplex } from 'node:stream';
import { ClientError } from '../errors.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import { daemonSocket } from './daemon-socket.ts';
import type { LibvirtUri } from './libvirt-uri.ts';
import { openSocket } from './open-socket.ts';

/** Bytes to and from a daemon, however they get there. */
export interface Transport {
  readonly stream: Duplex;
  readonly kind: 'unix' | 'tcp' | 'tls' | 'ssh' | 'ext';
  /** Nobody between can read or change what goes over it: TLS, ssh, unix. */
  readonly private: boolean;
  /** The host that the URI names; null for this machine's own sockets and programs. */
  readonly host: string | null;
  /** Where it leads, for messages. */
  readonly where: string;
}

/** How a transport is opened. */
export interface TransportOptions extends CallOptions {
  /** Takes the socket for reading only, where there is one. */
  readonly readOnly?: boolean | undefined;
  /** Lets a URI with `no_verify` trust any server that speaks TLS. */
  readonly allowUnverifiedTls?: boolean | undefined;
  /** Lets a URI with `no_verify` or `known_hosts_verify` trust host keys that ssh does not know. */
  readonly allowUnverifiedSsh?: boolean | undefined;
}

/** Opens the way to a daemon. The deadline holds for all of it; what fails leaves nothing behind. */
export async function openTransport(uri: LibvirtUri, options: TransportOptions): Promise<Transport> {
  const { address } = uri;
  switch (address.kind) {
    case 'unix': {
      const path = address.socket ?? daemonSocket({ ...uri, readOnly: options.readOnly === true });
      const stream = await openSocket({ path }, options);
      return { stream, kind: 'unix', private: true, host: null, where: path };
    }
    case 'tcp': {
      const { host, port } = address;
      const stream = await openSocket({ host, port }, options);
      return { stream, kind: 'tcp', private: false, host, where: `${host}:${port}` };
    }
    default:
      throw new ClientError('unsupported-uri', `+${address.kind} is not built yet`, { mayHaveRun: false });
  }
}
