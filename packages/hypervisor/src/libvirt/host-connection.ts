import {
  type ArgsOf,
  ClientError,
  type Connection,
  ConnectionPool,
  ErrorNumber,
  type Lane,
  LibvirtError,
  type ProcedureName,
  type ResultOf,
  whyNotPlain,
} from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError, type HypervisorErrorCode } from '../contract/errors.ts';

const attemptDeadlineMs = 10_000;

/**
 * Connections to one host's libvirtd: ordinary calls share a pool, urgent ones (statistics, abort) have a connection of
 * their own, so that a call that hangs in the daemon holds up nothing; streams and migrations open their own.
 */
export class HostConnection {
  readonly uri: string;
  readonly #pool: ConnectionPool;

  constructor(uri: string) {
    this.uri = uri;
    // What the controller's owner allows may lead to the own machine; what others say may not.
    this.#pool = new ConnectionPool(uri, {
      connect: { deadlineMs: attemptDeadlineMs, awayOnly: whyNotPlain(uri).length === 0 },
    });
  }

  /** One procedure on the ordinary connections. */
  call<N extends ProcedureName>(name: N, args: ArgsOf<N>, call: Call = {}): Promise<ResultOf<N>> {
    return this.#on('ordinary', name, args, call);
  }

  /** One procedure on the connection that nothing slow is ever sent on. */
  urgent<N extends ProcedureName>(name: N, args: ArgsOf<N>, call: Call = {}): Promise<ResultOf<N>> {
    return this.#on('urgent', name, args, call);
  }

  /** A connection of the caller's own, who closes it. */
  async open({ signal, deadlineMs }: Call = {}): Promise<Connection> {
    try {
      return await this.#pool.open({ signal, deadlineMs });
    } catch (error) {
      throw this.errorOf(error);
    }
  }

  /** Turns an error of the client or of libvirt into the contract's. */
  errorOf(error: unknown): unknown {
    if (error instanceof LibvirtError) {
      return new HypervisorError(codeOfLibvirt(error), this.uri, `${this.uri}: ${error.message}`, {
        cause: error,
      });
    }
    if (error instanceof ClientError) {
      return new HypervisorError(codeOfClient(error.code), this.uri, `${this.uri}: ${error.message}`, {
        cause: error,
        mayHaveRun: error.mayHaveRun,
      });
    }
    return error;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #on<N extends ProcedureName>(
    lane: Lane,
    name: N,
    args: ArgsOf<N>,
    { signal, deadlineMs }: Call,
  ): Promise<ResultOf<N>> {
    try {
      return await this.#pool.call(name, args, { lane, signal, deadlineMs });
    } catch (error) {
      throw this.errorOf(error);
    }
  }
}

/** errno of a full disk, and of a quota that is used up: libvirt hands on what the system said. */
const fullDisk: ReadonlySet<number> = new Set([28, 122]);

function codeOfLibvirt({ code, int1 }: Pick<LibvirtError, 'code' | 'int1'>): HypervisorErrorCode {
  switch (code) {
    case ErrorNumber.SYSTEM_ERROR:
      return fullDisk.has(int1) ? 'no-space' : 'refused';
    case ErrorNumber.NO_DOMAIN:
      return 'no-domain';
    case ErrorNumber.NO_STORAGE_VOL:
    case ErrorNumber.NO_STORAGE_POOL:
      return 'no-image';
    case ErrorNumber.NO_NWFILTER:
    case ErrorNumber.NO_NWFILTER_BINDING:
      return 'no-filter';
    case ErrorNumber.NO_NETWORK:
      return 'no-network';
    case ErrorNumber.NO_NODE_DEVICE:
      return 'no-device';
    case ErrorNumber.NO_SECRET:
      return 'no-secret';
    case ErrorNumber.STORAGE_VOL_EXIST:
    case ErrorNumber.DOM_EXIST:
      return 'exists';
    case ErrorNumber.OPERATION_INVALID:
      return 'wrong-state';
    default:
      return 'refused';
  }
}

function codeOfClient(code: ClientError['code']): HypervisorErrorCode {
  switch (code) {
    case 'unsupported-uri':
    case 'bad-configuration':
      return 'bad-uri';
    case 'deadline-exceeded':
      return 'deadline';
    case 'aborted':
      return 'aborted';
    case 'connect-failed':
    case 'tls-failed':
    case 'ssh-failed':
    case 'auth-required':
    case 'auth-failed':
    case 'connection-closed':
    case 'keepalive-timeout':
      return 'unreachable';
    case 'protocol-violation':
    case 'message-too-large':
      return 'refused';
  }
}
