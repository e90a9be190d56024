import { type Program, remoteProgram } from '../procedures/procedure.ts';
import { int32, type Codec } from '../xdr/codec.ts';
import type { EventFamily } from './event-families.ts';

/** The number of the callback that a message is sent for: the first field of each of them. */
export const callbackId: Codec<number> = int32;

/** A message that the daemon sends by itself once a callback is registered. */
export interface EventMessage<T> {
  readonly family: EventFamily;
  /** The protocol's name of the message, without its prefix. */
  readonly name: string;
  /** The kind's number when registering (`VIR_DOMAIN_EVENT_ID_…` and the like). */
  readonly id: number;
  readonly program: Program;
  /** The number of the message. */
  readonly procedure: number;
  readonly codec: Codec<T>;
  /** The release of libvirt that brought it, where that is later than 9.0; older daemons refuse the callback. */
  readonly since?: string;
}

/** An entry of the table of messages. */
export function message<T>(
  family: EventFamily,
  { name, id, procedure, since }: { name: string; id: number; procedure: number; since?: string },
  codec: Codec<T>,
  program: Program = remoteProgram,
): EventMessage<T> {
  return { family, name, id, program, procedure, codec, ...(since !== undefined && { since }) };
}
