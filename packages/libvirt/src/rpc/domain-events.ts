import { limits } from '../protocol/limits.ts';
import { type TypedParameter, typedParameter } from '../protocol/typed-parameter.ts';
import { domain, type DomainRef } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import type { Connection } from './connection.ts';
import type { Frame } from './frame.ts';

/** Something that a daemon tells by itself. What cannot be decoded or did not fit is told too, never dropped in silence. */
export type LibvirtDomainEvent =
  | { readonly kind: 'lifecycle'; readonly dom: DomainRef; readonly event: number; readonly detail: number }
  | { readonly kind: 'job-completed'; readonly dom: DomainRef; readonly params: readonly TypedParameter[] }
  | { readonly kind: 'migration-iteration'; readonly dom: DomainRef; readonly iteration: number }
  | { readonly kind: 'undecodable'; readonly procedure: number; readonly bytes: Uint8Array }
  | { readonly kind: 'overflow'; readonly lost: number };

/** Kinds of events that can be asked for. */
export type DomainEventKind = 'lifecycle' | 'job-completed' | 'migration-iteration';

const callbackId = xdr.int32;
// Event ids: VIR_DOMAIN_EVENT_ID_*; procedures: the callback form of each event's message.
const eventTable = {
  lifecycle: {
    id: 0,
    procedure: 318,
    codec: xdr.struct({ callbackId, dom: domain, event: xdr.int32, detail: xdr.int32 }),
  },
  'job-completed': {
    id: 21,
    procedure: 363,
    codec: xdr.struct({ callbackId, dom: domain, params: xdr.array(typedParameter, limits.jobStats) }),
  },
  'migration-iteration': {
    id: 20,
    procedure: 359,
    codec: xdr.struct({ callbackId, dom: domain, iteration: xdr.int32 }),
  },
} as const;

const keptAtMost = 10_000;

/** Follows events of all domains of a connection until the signal; throws when the connection ends. */
export async function* followDomainEvents(
  connection: Connection,
  kinds: readonly DomainEventKind[],
  signal: AbortSignal,
): AsyncGenerator<LibvirtDomainEvent> {
  const inbox = new EventInbox();
  const forget = connection.listen(
    (frame) => inbox.receive(frame, kinds),
    (reason) => inbox.end(reason),
  );
  const onAbort = (): void => inbox.end(null);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) inbox.end(null);
  const callbacks: number[] = [];
  try {
    for (const kind of kinds) {
      const args = { eventId: eventTable[kind].id, dom: null };
      callbacks.push((await connection.call('connectDomainEventCallbackRegisterAny', args)).callbackId);
    }
    yield* inbox.events();
  } finally {
    forget();
    signal.removeEventListener('abort', onAbort);
    if (connection.isOpen) {
      for (const id of callbacks) {
        await connection
          .call('connectDomainEventCallbackDeregisterAny', { callbackId: id })
          .catch(() => undefined);
      }
    }
  }
}

/** Events that came and were not read yet. */
class EventInbox {
  #kept: LibvirtDomainEvent[] = [];
  #lost = 0;
  #ended: { reason: Error | null } | null = null;
  #wake: (() => void) | null = null;

  receive(frame: Frame, kinds: readonly DomainEventKind[]): void {
    const kind = kinds.find((one) => eventTable[one].procedure === frame.header.procedure);
    if (kind === undefined) return;
    if (this.#kept.length < keptAtMost) this.#kept.push(decode(kind, frame));
    else this.#lost += 1;
    this.#wake?.();
  }

  end(reason: Error | null): void {
    this.#ended ??= { reason };
    this.#wake?.();
  }

  async *events(): AsyncGenerator<LibvirtDomainEvent> {
    for (;;) {
      const kept = this.#kept;
      const lost = this.#lost;
      this.#kept = [];
      this.#lost = 0;
      yield* kept;
      if (lost > 0) yield { kind: 'overflow', lost };
      if (this.#kept.length > 0 || this.#lost > 0) continue;
      if (this.#ended !== null) {
        if (this.#ended.reason !== null) throw this.#ended.reason;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}

function decode(kind: DomainEventKind, frame: Frame): LibvirtDomainEvent {
  try {
    const { callbackId: _id, ...fields } = eventTable[kind].codec.decode(new XdrReader(frame.payload));
    return { kind, ...fields } as LibvirtDomainEvent;
  } catch (error) {
    if (!(error instanceof XdrError)) throw error;
    return { kind: 'undecodable', procedure: frame.header.procedure, bytes: Uint8Array.from(frame.payload) };
  }
}
