import { connect, type ConnectOptions } from '../connect.ts';
import type { ArgsOf, ProcedureName, ResultOf } from '../procedures/procedures.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import type { BackoffOptions, LinkState } from './link-state.ts';
import { Link } from './link.ts';

/** Which connections a call goes by: the urgent one carries nothing that can hang for long. */
export type Lane = 'ordinary' | 'urgent';

/** How many connections, and how they are made. */
export interface PoolOptions {
  readonly connect?: ConnectOptions;
  readonly backoff?: BackoffOptions;
  /** Most connections of the ordinary lane; 4 when not given. The urgent lane has one of its own. */
  readonly ordinaryConnections?: number;
  /** Hears each state of each link as it begins. */
  readonly onState?: (lane: Lane, state: LinkState) => void;
}

const defaultConnections = 4;
/** A daemon works on five calls of a client at a time (max_client_requests): a sixth would wait behind them. */
const callsPerConnection = 5;

/** Connections to one daemon, shared by many callers: a call that hangs in the daemon holds up no other. */
export class ConnectionPool {
  readonly uri: string;
  readonly #options: PoolOptions;
  readonly #ordinary: readonly Link[];
  readonly #urgent: Link;
  readonly #load = new Map<Link, number>();

  constructor(uri: string, options: PoolOptions = {}) {
    this.uri = uri;
    this.#options = options;
    const link = (lane: Lane): Link =>
      new Link(uri, { ...options, onState: (state) => options.onState?.(lane, state) });
    const count = options.ordinaryConnections ?? defaultConnections;
    this.#ordinary = Array.from({ length: count }, () => link('ordinary'));
    this.#urgent = link('urgent');
  }

  /** States of the links; those of the ordinary lane that were never needed are `idle`. */
  get states(): { readonly ordinary: readonly LinkState[]; readonly urgent: LinkState } {
    return { ordinary: this.#ordinary.map(({ state }) => state), urgent: this.#urgent.state };
  }

  /** Calls one procedure; see `Link.call`. */
  async call<N extends ProcedureName>(
    name: N,
    args: ArgsOf<N>,
    options: CallOptions & { readonly lane?: Lane } = {},
  ): Promise<ResultOf<N>> {
    const link = options.lane === 'urgent' ? this.#urgent : this.#leastLoaded();
    this.#load.set(link, this.#loadOf(link) + 1);
    try {
      return await link.call(name, args, options);
    } finally {
      this.#load.set(link, this.#loadOf(link) - 1);
    }
  }

  /** A connection of the caller's own, who closes it: for streams, and for what the daemon ties to a connection. */
  open(options: CallOptions = {}): Promise<Connection> {
    return connect(this.uri, { ...this.#options.connect, ...options });
  }

  /** Says goodbye on all connections of the pool; those of `open` belong to their owners. */
  async close(): Promise<void> {
    await Promise.all([...this.#ordinary, this.#urgent].map((link) => link.close()));
  }

  /** The first that has room, so that few calls need but one connection. */
  #leastLoaded(): Link {
    const free = this.#ordinary.find((link) => this.#loadOf(link) < callsPerConnection);
    const [first = this.#urgent, ...others] = this.#ordinary;
    return (
      free ?? others.reduce((least, link) => (this.#loadOf(link) < this.#loadOf(least) ? link : least), first)
    );
  }

  #loadOf(link: Link): number {
    return this.#load.get(link) ?? 0;
  }
}
