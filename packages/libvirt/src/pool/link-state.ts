import type { Connection } from '../rpc/connection.ts';

/** How long to wait between attempts to connect, in milliseconds. */
export interface BackoffOptions {
  /** Upper bound of the first wait, doubled with each further failure; also the soonest that a caller can ask for a new attempt. */
  readonly firstMs: number;
  /** Upper bound of every wait. */
  readonly maxMs: number;
}

/** 100 ms to 30 s: a daemon that restarts is back within the first waits, one that is gone costs two attempts a minute. */
export const defaultBackoff: BackoffOptions = { firstMs: 100, maxMs: 30_000 };

/**
 * Milliseconds to wait after so many failures in a row: between half and all of an exponentially growing bound. The
 * jitter keeps the clients of a host that comes back from all coming at once; the half keeps them from coming too soon.
 * `random` is in [0, 1).
 */
export function backoffMs(failures: number, { firstMs, maxMs }: BackoffOptions, random: number): number {
  const bound = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return bound / 2 + (bound / 2) * random;
}

/** Life of a link: a connection that is opened when first wanted, and again whenever it breaks. */
export type LinkState =
  /** Nobody wanted it yet. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly failures: number }
  | { readonly kind: 'open'; readonly connection: Connection }
  /** The last attempt failed, or the connection broke. Times are milliseconds of the caller's clock. */
  | {
      readonly kind: 'waiting';
      /** Failures in a row; 0 after a connection that was open broke. */
      readonly failures: number;
      readonly reason: Error;
      /** The next attempt comes by itself. */
      readonly dueAtMs: number;
      /** From here on a caller starts it. */
      readonly soonestAtMs: number;
    }
  /** By its owner, for good. */
  | { readonly kind: 'closed' };

/** What happens to a link. */
export type LinkEvent =
  /** Somebody has a call for it. */
  | { readonly kind: 'wanted' }
  | { readonly kind: 'connected'; readonly connection: Connection }
  | { readonly kind: 'failed'; readonly reason: Error }
  | { readonly kind: 'broke'; readonly connection: Connection; readonly reason: Error }
  /** A call on this connection was not answered in time: others are not to wait behind it. */
  | { readonly kind: 'stuck'; readonly connection: Connection }
  /** The wait is over. */
  | { readonly kind: 'due' }
  | { readonly kind: 'closed' };

/** What the rule knows beside state and event. `random` is in [0, 1). */
export interface LinkCircumstances {
  readonly nowMs: number;
  readonly random: number;
  readonly backoff: BackoffOptions;
}

/** The state after an event. An event that means nothing in a state leaves it as it is: the same object. */
export function nextLinkState(state: LinkState, event: LinkEvent, now: LinkCircumstances): LinkState {
  if (state.kind === 'closed') return state;
  switch (event.kind) {
    case 'closed':
      return { kind: 'closed' };
    case 'wanted':
      if (state.kind === 'idle') return { kind: 'connecting', failures: 0 };
      return state.kind === 'waiting' && now.nowMs >= state.soonestAtMs ? again(state) : state;
    case 'due':
      return state.kind === 'waiting' ? again(state) : state;
    case 'connected':
      return state.kind === 'connecting' ? { kind: 'open', connection: event.connection } : state;
    case 'failed':
      return state.kind === 'connecting' ? waiting(state.failures + 1, event.reason, now) : state;
    case 'broke':
      return isOn(state, event.connection) ? brokenAt(event.reason, now) : state;
    case 'stuck':
      return isOn(state, event.connection) ? { kind: 'connecting', failures: 0 } : state;
  }
}

function again({ failures }: { readonly failures: number }): LinkState {
  return { kind: 'connecting', failures };
}

function waiting(failures: number, reason: Error, { nowMs, random, backoff }: LinkCircumstances): LinkState {
  const dueAtMs = nowMs + backoffMs(failures, backoff, random);
  return {
    kind: 'waiting',
    failures,
    reason,
    dueAtMs,
    soonestAtMs: Math.min(dueAtMs, nowMs + backoff.firstMs),
  };
}

/** A connection that was open broke: a caller may ask for a new one at once. */
function brokenAt(reason: Error, { nowMs, random, backoff }: LinkCircumstances): LinkState {
  return {
    kind: 'waiting',
    failures: 0,
    reason,
    dueAtMs: nowMs + backoffMs(1, backoff, random),
    soonestAtMs: nowMs,
  };
}

function isOn(state: LinkState, connection: Connection): boolean {
  return state.kind === 'open' && state.connection === connection;
}
