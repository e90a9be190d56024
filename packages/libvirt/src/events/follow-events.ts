import type { Connection } from '../rpc/connection.ts';
import { eventFamilies, type EventSubjects } from './event-families.ts';
import { EventInbox } from './event-inbox.ts';
import { type EventKind, eventMessages } from './libvirt-event.ts';
import { EventSequence } from './event-sequence.ts';

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
