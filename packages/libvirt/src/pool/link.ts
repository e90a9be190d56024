import { connect, type ConnectOptions } from '../connect.ts';
import { ClientError } from '../errors.ts';
import type { ArgsOf, ProcedureName, ResultOf } from '../procedures/procedures.ts';
import { type CallOptions, defaultDeadlineMs, startDeadline } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import {
  type BackoffOptions,
  defaultBackoff,
  type LinkEvent,
  type LinkState,
  nextLinkState,
} from './link-state.ts';

/** How a link connects. */
export interface LinkOptions {
  /** The deadline holds for each attempt. */
  readonly connect?: ConnectOptions;
  readonly backoff?: BackoffOptions;
  /** Hears each state as it begins. */
  readonly onState?: (state: LinkState) => void;
}

/** One connection to a daemon that is opened when first wanted and again, with growing pauses, whenever it breaks. */
export class Link {
  readonly uri: string;
  readonly #options: LinkOptions;
  /** Connections with a call that was not answered in time; they end with the last of their other calls. */
  readonly #retired = new Set<Connection>();
  readonly #inFlight = new Map<Connection, number>();
  readonly #giveUp = new AbortController();
  #state: LinkState = { kind: 'idle' };
  #cancelWait: () => void = () => undefined;
  #changed = Promise.withResolvers<void>();

  constructor(uri: string, options: LinkOptions = {}) {
    this.uri = uri;
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /**
   * Calls one procedure. While the daemon is out of reach, an attempt to connect that is under way is waited for, and
   * between attempts the call is rejected at once with why the last one failed. Never sends a call twice.
   */
  async call<N extends ProcedureName>(
    name: N,
    args: ArgsOf<N>,
    options: CallOptions = {},
  ): Promise<ResultOf<N>> {
    const endsAt = performance.now() + (options.deadlineMs ?? defaultDeadlineMs);
    const connection = await this.connection(options);
    this.#count(connection, 1);
    try {
      const deadlineMs = Math.max(0, endsAt - performance.now());
      return await connection.call(name, args, { signal: options.signal, deadlineMs });
    } catch (error) {
      if (error instanceof ClientError && error.code === 'deadline-exceeded') this.#retire(connection);
      throw error;
    } finally {
      this.#count(connection, -1);
      if (this.#retired.has(connection) && this.#inFlight.get(connection) === undefined) connection.destroy();
    }
  }

  /** The open connection, opened when there is none. It is the link's: not to be closed, and replaced when it breaks. */
  async connection(options: CallOptions = {}): Promise<Connection> {
    const given = givenUp(this.uri, options);
    try {
      for (;;) {
        this.#apply({ kind: 'wanted' });
        const state = this.#state;
        if (state.kind === 'open') return state.connection;
        if (state.kind === 'closed') throw closedError(this.uri);
        if (state.kind === 'waiting') throw unreachable(state);
        await Promise.race([this.#changed.promise, given.promise]);
      }
    } finally {
      given.cancel();
    }
  }

  /** Says goodbye; calls in flight and those that wait for a connection are rejected. */
  async close(): Promise<void> {
    const open = this.#state.kind === 'open' ? [this.#state.connection] : [];
    this.#apply({ kind: 'closed' });
    this.#giveUp.abort(closedError(this.uri));
    await Promise.all([...open, ...this.#retired].map((connection) => connection.close()));
  }

  #apply(event: LinkEvent): void {
    const backoff = this.#options.backoff ?? defaultBackoff;
    const circumstances = { nowMs: performance.now(), random: Math.random(), backoff };
    const before = this.#state;
    const state = nextLinkState(before, event, circumstances);
    if (state === before) return;
    this.#state = state;
    this.#cancelWait();
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
    if (state.kind === 'connecting') void this.#attempt();
    if (state.kind === 'waiting') {
      const timer = setTimeout(
        () => this.#apply({ kind: 'due' }),
        state.dueAtMs - circumstances.nowMs,
      ).unref();
      this.#cancelWait = () => clearTimeout(timer);
    }
    this.#options.onState?.(state);
  }

  async #attempt(): Promise<void> {
    try {
      const connection = await connect(this.uri, { ...this.#options.connect, signal: this.#giveUp.signal });
      void connection.closed.then((reason) => this.#forget(connection, reason));
      this.#apply({ kind: 'connected', connection });
      // Closed meanwhile.
      if (this.#state.kind === 'closed') await connection.close();
    } catch (error) {
      this.#apply({ kind: 'failed', reason: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  #forget(connection: Connection, reason: Error): void {
    this.#retired.delete(connection);
    this.#apply({ kind: 'broke', connection, reason });
  }

  #retire(connection: Connection): void {
    if (!connection.isOpen) return;
    this.#retired.add(connection);
    this.#apply({ kind: 'stuck', connection });
  }

  #count(connection: Connection, change: 1 | -1): void {
    const count = (this.#inFlight.get(connection) ?? 0) + change;
    if (count === 0) this.#inFlight.delete(connection);
    else this.#inFlight.set(connection, count);
  }
}

function closedError(uri: string): ClientError {
  return new ClientError('connection-closed', `the link to ${uri} was closed by its owner`, {
    mayHaveRun: false,
  });
}

/** Why there is no connection now. Nothing was sent, whatever the last connection was doing when it broke. */
function unreachable({ reason, dueAtMs }: Extract<LinkState, { kind: 'waiting' }>): Error {
  if (!(reason instanceof ClientError)) return reason;
  const restMs = Math.max(0, Math.round(dueAtMs - performance.now()));
  const message = `${reason.message} (tried a moment ago; the next attempt comes in ${restMs} ms)`;
  return new ClientError(reason.code, message, { mayHaveRun: false, cause: reason });
}

/** Rejects when a caller's deadline passes or its signal is aborted before its call could be sent; `cancel` forgets it. */
function givenUp(uri: string, options: CallOptions): { promise: Promise<never>; cancel: () => void } {
  const { signal, deadlineMs = defaultDeadlineMs } = options;
  const { promise, reject } = Promise.withResolvers<never>();
  // Whoever has its connection at once never looks.
  promise.catch(() => undefined);
  const onAbort = (): void =>
    reject(
      new ClientError('aborted', `${uri}: given up before it was sent`, {
        mayHaveRun: false,
        cause: signal?.reason,
      }),
    );
  const cancelDeadline = startDeadline(deadlineMs, () =>
    reject(
      new ClientError('deadline-exceeded', `${uri}: no connection within ${Math.round(deadlineMs)} ms`, {
        mayHaveRun: false,
      }),
    ),
  );
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  const cancel = (): void => {
    cancelDeadline();
    signal?.removeEventListener('abort', onAbort);
  };
  return { promise, cancel };
}
