import type { Infer } from '../xdr/codec.ts';
import { connectionEventMessages } from './connection-event-messages.ts';
import { domainEventMessages } from './domain-event-messages.ts';

/** All messages that the daemon sends by itself, by our names of their kinds. */
export const eventMessages = { ...domainEventMessages, ...connectionEventMessages } as const;

/** Kinds of events that can be asked for. */
export type EventKind = keyof typeof eventMessages;

type FieldsOf<K extends EventKind> = Infer<(typeof eventMessages)[K]['codec']>;
type Flat<T> = Omit<T, 'callbackId' | 'msg'> & (T extends { readonly msg: infer M } ? M : unknown);

/** A message that could not be understood, of a kind that was asked for or of one that this client does not know. */
export interface UndecodableEvent {
  readonly kind: 'undecodable';
  readonly program: number;
  readonly procedure: number;
  readonly bytes: Uint8Array;
}

/** So many events came that this many could not be kept. */
export interface OverflowEvent {
  readonly kind: 'overflow';
  readonly lost: number;
}

/**
 * Something that a daemon tells by itself, with the fields of its message. What cannot be decoded or did not fit is told
 * too, never dropped in silence.
 */
export type LibvirtEvent<K extends EventKind = EventKind> =
  | { [P in K]: { readonly kind: P } & Readonly<Flat<FieldsOf<P>>> }[K]
  | UndecodableEvent
  | OverflowEvent;
