import type { Connection } from '../rpc/connection.ts';
import { callbackKey } from './decode-event.ts';
import { eventFamilies, type EventFamily, type EventSubjects } from './event-families.ts';
import { EventInbox } from './event-inbox.ts';
import { type EventKind, eventMessages, type LibvirtEvent } from './libvirt-event.ts';

const deregisterDeadlineMs = 5_000;

/** A callback that the daemon has for us. */
interface Callback {
  readonly family: EventFamily;
  readonly callbackId: number;
}

/**
 * Events in the order in which they came, for one reader. Leaving the loop, `close` and the signal give the callbacks up;
 * the loop throws ClientError when the connection ends.
 */
export class EventSequence<K extends EventKind> implements AsyncIterable<LibvirtEvent<K>>, AsyncDisposable {
  readonly #connection: Connection;
  readonly #inbox: EventInbox;
  readonly #stopListening: () => void;
  /** Those that the daemon has for this sequence, by `callbackKey`. */
  readonly #callbacks = new Map<string, Callback>();
  #closed: Promise<void> | null = null;

  /**
   * Listens from now on; who registers the callbacks adds them.
   * @internal
   */
  constructor(connection: Connection, inbox: EventInbox, signal: AbortSignal) {
    this.#connection = connection;
    this.#inbox = inbox;
    const forget = connection.listen(
      (frame) => inbox.receive(frame),
      (reason) => inbox.end(reason),
    );
    const onAbort = (): void => {
      inbox.end(null);
      void this.close();
    };
    this.#stopListening = () => {
      forget();
      signal.removeEventListener('abort', onAbort);
    };
    if (signal.aborted) inbox.end(null);
    else signal.addEventListener('abort', onAbort, { once: true });
  }

  /**
   * Takes over a callback that was registered; one that comes after the end is given up at once.
   * @internal
   */
  async add(callback: Callback): Promise<void> {
    if (this.#closed === null)
      this.#callbacks.set(callbackKey(callback.family, callback.callbackId), callback);
    else await this.#deregister([callback]);
  }

  /** The events; to be iterated once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<LibvirtEvent<K>> {
    try {
      for await (const { callback, event } of this.#inbox.events()) {
        // Another sequence on this connection has callbacks of its own.
        if (callback === null || this.#callbacks.has(callback)) yield event as LibvirtEvent<K>;
      }
    } finally {
      await this.close();
    }
  }

  /** Gives the callbacks up. May be called again. Never rejects. */
  async close(): Promise<void> {
    this.#closed ??= this.#giveUp();
    await this.#closed;
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #giveUp(): Promise<void> {
    this.#stopListening();
    this.#inbox.end(null);
    await this.#deregister([...this.#callbacks.values()]);
  }

  async #deregister(callbacks: readonly Callback[]): Promise<void> {
    if (!this.#connection.isOpen) return;
    const options = { deadlineMs: deregisterDeadlineMs };
    const asked = callbacks.map(({ family, callbackId }) =>
      eventFamilies[family].deregister(this.#connection, callbackId, options),
    );
    // A daemon that does not answer forgets the callbacks with the connection.
    await Promise.allSettled(asked);
  }
}

/**
 * Follows events of the kinds that are wanted, of all objects or of those that `subjects` names, until the signal or until
 * the loop over them is left. Resolves once the daemon will tell of them, so that a look at the state after that misses
 * nothing. Rejects with LibvirtError when the daemon has no such events, with ClientError when it cannot be asked.
 */
export async function followEvents<K extends EventKind>(
  connection: Connection,
  kinds: readonly K[],
  signal: AbortSignal,
  subjects: EventSubjects = {},
): Promise<EventSequence<K>> {
  const inbox = new EventInbox(kinds);
  const sequence = new EventSequence<K>(connection, inbox, signal);
  try {
    for (const kind of kinds) {
      if (signal.aborted) break;
      const { family, id } = eventMessages[kind];
      // An abort does not end the wait for a reply: the callback's number is needed to give it up.
      const { callbackId } = await eventFamilies[family].register(connection, id, subjects);
      await sequence.add({ family, callbackId });
    }
  } catch (error) {
    await sequence.close();
    throw error;
  }
  if (signal.aborted) await sequence.close();
  return sequence;
}
