import type { Frame } from '../rpc/frame.ts';
import type { Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import type { EventFamily } from './event-families.ts';
import { type EventKind, eventMessages, type LibvirtEvent } from './libvirt-event.ts';

/** An event with what tells whose it is. */
export interface DecodedEvent {
  /** Null for a message that this client does not know. */
  readonly kind: EventKind | null;
  /** The callback that it was sent for, see `callbackKey`; null when not even that could be read. */
  readonly callback: string | null;
  readonly event: LibvirtEvent;
}

/** Families count their callbacks for themselves: only both together name one. */
export function callbackKey(family: EventFamily, callbackId: number): string {
  return `${family} ${callbackId}`;
}

const kinds: ReadonlyMap<string, EventKind> = new Map(
  (Object.keys(eventMessages) as EventKind[]).map((kind) => {
    const { program, procedure } = eventMessages[kind];
    return [`${program.program} ${procedure}`, kind];
  }),
);

/** What a message says. Never throws: one that cannot be read is an event of its own. */
export function decodeEvent(frame: Frame): DecodedEvent {
  const { program, procedure } = frame.header;
  const kind = kinds.get(`${program} ${procedure}`) ?? null;
  const callback = kind === null ? null : callbackOf(kind, frame);
  const event = kind === null ? null : read(kind, frame);
  const undecodable = { kind: 'undecodable', program, procedure } as const;
  return {
    kind,
    callback,
    event: event ?? { ...undecodable, bytes: Uint8Array.from(frame.payload) },
  };
}

function callbackOf(kind: EventKind, { payload }: Frame): string | null {
  return payload.length < 4 ? null : callbackKey(eventMessages[kind].family, payload.readInt32BE(0));
}

function read(kind: EventKind, frame: Frame): LibvirtEvent | null {
  const reader = new XdrReader(frame.payload);
  const codec: Codec<Record<string, unknown>> = eventMessages[kind].codec;
  try {
    const { callbackId: _, msg, ...fields } = codec.decode(reader);
    reader.end();
    // Some messages nest their fields, some do not: outside all are flat.
    return { kind, ...fields, ...(msg as object | undefined) } as LibvirtEvent;
  } catch (error) {
    if (!(error instanceof XdrError)) throw error;
    return null;
  }
}
