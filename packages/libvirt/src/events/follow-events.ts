import type { Connection } from '../rpc/connection.ts';
import { callbackKey } from './decode-event.ts';
import { type EventFamily, eventFamilies, type EventSubjects } from './event-families.ts';
import { EventInbox } from './event-inbox.ts';
import { type EventKind, eventMessages } from './event-messages.ts';
import type { LibvirtEvent } from './libvirt-event.ts';

const deregisterDeadlineMs = 5_000;

/** A callback that the daemon has for us. */
interface Callback {
  readonly family: EventFamily;
  readonly callbackId: number;
}

/**
 * Follows events of the kinds that are wanted, of all objects or of those that `subjects` names, until the signal; throws
 * ClientError when the connection ends, LibvirtError when the daemon has no such events. Callbacks are registered when the
 * first event is asked for, and given up when the loop is left.
 */
export async function* followEvents<K extends EventKind>(
  connection: Connection,
  kinds: readonly K[],
  signal: AbortSignal,
  subjects: EventSubjects = {},
): AsyncGenerator<LibvirtEvent<K>> {
  if (signal.aborted) return;
  const inbox = new EventInbox(kinds);
  const forget = connection.listen(
    (frame) => inbox.receive(frame),
    (reason) => inbox.end(reason),
  );
  const onAbort = (): void => inbox.end(null);
  signal.addEventListener('abort', onAbort, { once: true });
  const callbacks = new Map<string, Callback>();
  try {
    for (const kind of kinds) {
      if (signal.aborted) break;
      const { family, id } = eventMessages[kind];
      // An abort does not end the wait for a reply: the callback's number is needed to give it up.
      const { callbackId } = await eventFamilies[family].register(connection, id, subjects);
      callbacks.set(callbackKey(family, callbackId), { family, callbackId });
    }
    for await (const { callback, event } of inbox.events()) {
      // Another follower on this connection has callbacks of its own.
      if (callback === null || callbacks.has(callback)) yield event as LibvirtEvent<K>;
    }
  } finally {
    forget();
    signal.removeEventListener('abort', onAbort);
    await deregister(connection, [...callbacks.values()]);
  }
}

async function deregister(connection: Connection, callbacks: readonly Callback[]): Promise<void> {
  if (!connection.isOpen) return;
  const options = { deadlineMs: deregisterDeadlineMs };
  const asked = callbacks.map(({ family, callbackId }) =>
    eventFamilies[family].deregister(connection, callbackId, options),
  );
  // A daemon that does not answer forgets the callbacks with the connection.
  await Promise.allSettled(asked);
}
