import { connectionEventMessages } from './connection-event-messages.ts';
import { domainEventMessages } from './domain-event-messages.ts';

/** All messages that the daemon sends by itself, by our names of their kinds. */
export const eventMessages = { ...domainEventMessages, ...connectionEventMessages } as const;

/** Kinds of events that can be asked for. */
export type EventKind = keyof typeof eventMessages;
