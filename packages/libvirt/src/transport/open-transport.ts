import type { Duplex } from 'node:stream';
import type { CallOptions } from '../rpc/call-options.ts';
import { daemonSocket } from './daemon-socket.ts';
import type { LibvirtUri } from './libvirt-uri.ts';
import { openProgram, type Program } from './open-program.ts';
import { openSocket } from './open-socket.ts';
import { openSsh } from './open-ssh.ts';
import { openTls } from './open-tls.ts';

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
  /** What the transport knows of why nothing comes; empty when it knows nothing. */
  readonly trouble: () => string;
}

/** How a transport is opened. */
export interface TransportOptions extends CallOptions {
  /** Takes the socket for reading only, where there is one. */
  readonly readOnly?: boolean | undefined;
  /** Lets a URI with `no_verify` trust any server that speaks TLS. */
  readonly allowUnverifiedTls?: boolean | undefined;
  /** Lets a URI with `no_verify` or `known_hosts_verify` trust host keys that ssh does not know. */
  readonly allowUnverifiedSsh?: boolean | undefined;
  /** A name of a host that leads back to this machine is not dialled. */
  readonly awayOnly?: boolean | undefined;
}

/** Opens the way to a daemon. The deadline holds for all of it; what fails leaves nothing behind. */
export async function openTransport(uri: LibvirtUri, options: TransportOptions): Promise<Transport> {
  const { address } = uri;
  const readOnly = options.readOnly === true;
  switch (address.kind) {
    case 'unix': {
      const path = address.socket ?? daemonSocket({ ...uri, readOnly });
      const stream = await openSocket({ path }, options);
      return { stream, kind: 'unix', private: true, host: null, where: path, trouble };
    }
    case 'tcp': {
      const { host, port } = address;
      const stream = await openSocket({ host, port }, options);
      return { stream, kind: 'tcp', private: false, host, where: `${host}:${port}`, trouble };
    }
    case 'tls': {
      const { host, port, verify } = address;
      const stream = await openTls(address, options.allowUnverifiedTls === true, options);
      // Whoever is believed unseen may stand in between.
      return { stream, kind: 'tls', private: verify, host, where: `${host}:${port}`, trouble };
    }
    case 'ssh': {
      const allowUnverified = options.allowUnverifiedSsh === true;
      const open = await openSsh(uri, address, { ...options, readOnly, allowUnverified });
      const { host } = address;
      return { ...open, kind: 'ssh', private: address.hostKeys === 'known', host, where: `${host} over ssh` };
    }
    case 'ext': {
      const { command } = address;
      const remedies = { start: 'The parameter "command" names a program, without arguments', early: '' };
      const program: Program = { file: command, args: [], code: 'connect-failed', remedies };
      const open = await openProgram(program, command, options);
      return { ...open, kind: 'ext', private: false, host: null, where: command };
    }
  }
}

const trouble = (): string => '';
