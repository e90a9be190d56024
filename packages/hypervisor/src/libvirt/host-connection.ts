import {
  type ArgsOf,
  ClientError,
  connect,
  type Connection,
  ErrorNumber,
  LibvirtError,
  type ProcedureName,
  type ResultOf,
} from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError, type HypervisorErrorCode } from '../contract/errors.ts';

/**
 * Connections to one host's libvirtd. Ordinary calls share one; urgent ones (statistics, abort) have another, so that a
 * call that hangs in the daemon holds up nothing; streams and migrations open their own.
 * Connects when first asked and again after a break.
 */
export class HostConnection {
  readonly uri: string;
  readonly #lanes = new Map<'ordinary' | 'urgent', Promise<Connection>>();
  #closed = false;

  constructor(uri: string) {
    this.uri = uri;
  }

  /** One procedure on the ordinary connection. */
  call<N extends ProcedureName>(name: N, args: ArgsOf<N>, call: Call = {}): Promise<ResultOf<N>> {
    return this.#on('ordinary', name, args, call);
  }

  /** One procedure on the connection that nothing slow is ever sent on. */
  urgent<N extends ProcedureName>(name: N, args: ArgsOf<N>, call: Call = {}): Promise<ResultOf<N>> {
    return this.#on('urgent', name, args, call);
  }

  /** A connection of the caller's own, who closes it. */
  async open(call: Call = {}): Promise<Connection> {
    try {
      return await connect(this.uri, { signal: call.signal, deadlineMs: call.deadlineMs });
    } catch (error) {
      throw this.errorOf(error);
    }
  }

  /** Turns an error of the client or of libvirt into the contract's. */
  errorOf(error: unknown): unknown {
    if (error instanceof LibvirtError) {
      return new HypervisorError(codeOfLibvirt(error.code), this.uri, `${this.uri}: ${error.message}`, {
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

  async close(): Promise<void> {
    this.#closed = true;
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    await Promise.all(lanes.map(async (lane) => (await lane.catch(() => null))?.close()));
  }

  async #on<N extends ProcedureName>(
    lane: 'ordinary' | 'urgent',
    name: N,
    args: ArgsOf<N>,
    call: Call,
  ): Promise<ResultOf<N>> {
    try {
      const connection = await this.#lane(lane, call);
      return await connection.call(name, args, { signal: call.signal, deadlineMs: call.deadlineMs });
    } catch (error) {
      if (error instanceof ClientError && error.code === 'deadline-exceeded') this.#drop(lane);
      throw this.errorOf(error);
    }
  }

  async #lane(lane: 'ordinary' | 'urgent', call: Call): Promise<Connection> {
    if (this.#closed)
      throw new ClientError('connection-closed', 'the host was closed', { mayHaveRun: false });
    const known = this.#lanes.get(lane);
    if (known !== undefined) {
      const connection = await known.catch(() => null);
      if (connection?.isOpen === true) return connection;
      if (this.#lanes.get(lane) === known) this.#lanes.delete(lane);
    }
    // Several callers at once share one attempt; the deadline is the first one's.
    const opening = this.#lanes.get(lane) ?? connect(this.uri, { deadlineMs: call.deadlineMs });
    this.#lanes.set(lane, opening);
    return opening;
  }

  /** A daemon that did not answer in time may be stuck: the next call does not wait behind it. */
  #drop(lane: 'ordinary' | 'urgent'): void {
    const dropped = this.#lanes.get(lane);
    this.#lanes.delete(lane);
    void dropped?.then((connection) => connection.destroy()).catch(() => undefined);
  }
}

function codeOfLibvirt(code: number): HypervisorErrorCode {
  switch (code) {
    case ErrorNumber.NO_DOMAIN:
      return 'no-domain';
    case ErrorNumber.NO_STORAGE_VOL:
    case ErrorNumber.NO_STORAGE_POOL:
      return 'no-image';
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
      return 'bad-uri';
    case 'deadline-exceeded':
      return 'deadline';
    case 'aborted':
      return 'aborted';
    case 'connect-failed':
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
