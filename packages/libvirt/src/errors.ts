import type { DomainRef, NetworkRef } from './protocol/types.ts';

/** Closed list of what can go wrong on the client's side of a connection. */
export type ClientErrorCode =
  /** The URI names a transport, a driver or a parameter that this client does not have. */
  | 'unsupported-uri'
  /** The transport could not be opened: nobody listens, no such socket, no route. */
  | 'connect-failed'
  /** TLS: certificates that cannot be read, a server that is not who it should be, or one that turns us away. */
  | 'tls-failed'
  /** ssh could not be started, or ended before the daemon had said anything; the message has its last words. */
  | 'ssh-failed'
  /** A configuration file, such as libvirt.conf, cannot be read; the message names file and line. */
  | 'bad-configuration'
  /** The daemon wants an authentication that this client does not have, or credentials that were not given. */
  | 'auth-required'
  /** The daemon, or polkit for it, did not believe who asks. */
  | 'auth-failed'
  /** The connection ended while the call was under way, or had ended before. */
  | 'connection-closed'
  /** The daemon did not answer keepalive messages. */
  | 'keepalive-timeout'
  /** No reply within the call's deadline. The call may still take effect. */
  | 'deadline-exceeded'
  /** The caller's signal was aborted. The call may still take effect. */
  | 'aborted'
  /** The daemon sent something that the protocol does not allow; the connection is of no use any more. */
  | 'protocol-violation'
  /** What was to be sent does not fit the protocol: too long, out of range, no uuid. Nothing was sent. */
  | 'message-too-large';

/** An error of the client itself. libvirt's own refusals are LibvirtError. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  /** Whether the daemon may have carried out the call all the same. */
  readonly mayHaveRun: boolean;

  constructor(code: ClientErrorCode, message: string, options: { mayHaveRun: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.mayHaveRun = options.mayHaveRun;
  }
}

/** Everything that libvirt says of an error (virError), kept whole. */
export interface LibvirtErrorFields {
  readonly code: number;
  readonly domain: number;
  readonly message: string;
  readonly level: number;
  readonly str1: string | null;
  readonly str2: string | null;
  readonly str3: string | null;
  readonly int1: number;
  readonly int2: number;
  /** The domain that the error is about, where libvirt names one. */
  readonly dom: DomainRef | null;
  /** The network that the error is about, where libvirt names one. */
  readonly net: NetworkRef | null;
}

/** A refusal by libvirt. Tell them apart by `code` and `domain`, never by the text. */
export class LibvirtError extends Error implements LibvirtErrorFields {
  override readonly name = 'LibvirtError';
  readonly code: number;
  /** The part of libvirt that refused (virErrorDomain). */
  readonly domain: number;
  readonly level: number;
  readonly str1: string | null;
  readonly str2: string | null;
  readonly str3: string | null;
  readonly int1: number;
  readonly int2: number;
  readonly dom: DomainRef | null;
  readonly net: NetworkRef | null;
  readonly procedure: string;

  constructor(procedure: string, fields: LibvirtErrorFields) {
    super(fields.message);
    this.procedure = procedure;
    this.code = fields.code;
    this.domain = fields.domain;
    this.level = fields.level;
    this.str1 = fields.str1;
    this.str2 = fields.str2;
    this.str3 = fields.str3;
    this.int1 = fields.int1;
    this.int2 = fields.int2;
    this.dom = fields.dom;
    this.net = fields.net;
  }
}
