/** Closed list of what can go wrong between Ferry and a host. */
export type HypervisorErrorCode =
  /** The host's libvirtd does not answer, or the connection broke. */
  | 'unreachable'
  /** No answer within the call's deadline. */
  | 'deadline'
  /** The caller's signal was aborted. */
  | 'aborted'
  /** The domain is not known to the host. */
  | 'no-domain'
  /** The image, pool or directory is not there. */
  | 'no-image'
  /** The host has no such packet filter. */
  | 'no-filter'
  /** The host has no such network of its hypervisor. */
  | 'no-network'
  /** The host keeps no such secret. */
  | 'no-secret'
  /** The host has no such device. */
  | 'no-device'
  /** The guest has no console of that kind, or none that can be reached. */
  | 'no-console'
  /** Somebody else has the console open. */
  | 'console-in-use'
  /** Something of that name is there already and is not ours. */
  | 'exists'
  /** The disk is full. */
  | 'no-space'
  /** The domain's state does not allow it. */
  | 'wrong-state'
  /** The host's description of a domain, pool or itself could not be read. */
  | 'invalid-xml'
  /** The URI is not one Ferry can use. */
  | 'bad-uri'
  /** The hypervisor refused for a reason of its own, kept in the message and the cause. */
  | 'refused';

/** An error of one host. `mayHaveRun` tells whether the asked-for change may have happened all the same. */
export class HypervisorError extends Error {
  override readonly name = 'HypervisorError';
  readonly code: HypervisorErrorCode;
  readonly host: string;
  readonly mayHaveRun: boolean;

  constructor(
    code: HypervisorErrorCode,
    host: string,
    message: string,
    options: { cause?: unknown; mayHaveRun?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.host = host;
    this.mayHaveRun = options.mayHaveRun ?? false;
  }
}
