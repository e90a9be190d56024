import { type DomainEventKind, eventMessages } from '../procedures/event-messages.ts';
import type { TypedParameter } from '../protocol/typed-parameter.ts';
import type { DomainRef } from '../protocol/types.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import type { Connection } from './connection.ts';
import type { Frame } from './frame.ts';

/** Something that a daemon tells by itself. What cannot be decoded or did not fit is told too, never dropped in silence. */
export type LibvirtDomainEvent =
  | { readonly kind: 'lifecycle'; readonly dom: DomainRef; readonly event: number; readonly detail: number }
  | { readonly kind: 'reboot'; readonly dom: DomainRef }
  | { readonly kind: 'job-completed'; readonly dom: DomainRef; readonly params: readonly TypedParameter[] }
  | { readonly kind: 'migration-iteration'; readonly dom: DomainRef; readonly iteration: number }
  | {
      readonly kind: 'block-job';
      readonly dom: DomainRef;
      /** The disk's target name. */
      readonly dst: string;
      /** BlockJobType. */
      readonly type: number;
      /** BlockJobStatus. */
      readonly status: number;
    }
  | { readonly kind: 'undecodable'; readonly procedure: number; readonly bytes: Uint8Array }
  | { readonly kind: 'overflow'; readonly lost: number };

/** An event and the callback it was sent for; null when not even that could be read. */
interface Received {
  readonly callbackId: number | null;
  readonly event: LibvirtDomainEvent;
}

const keptAtMost = 10_000;
const deregisterDeadlineMs = 5_000;

/**
 * Follows events of all domains of a connection until the signal; throws when the connection ends. Callbacks are
 * registered when the first event is asked for, and deregistered when the loop is left.
 */
export async function* followDomainEvents(
  connection: Connection,
  kinds: readonly DomainEventKind[],
  signal: AbortSignal,
): AsyncGenerator<LibvirtDomainEvent> {
  if (signal.aborted) return;
  const inbox = new EventInbox();
  const forget = connection.listen(
    (frame) => inbox.receive(frame, kinds),
    (reason) => inbox.end(reason),
  );
  const onAbort = (): void => inbox.end(null);
  signal.addEventListener('abort', onAbort, { once: true });
  const callbacks = new Set<number>();
  try {
    for (const kind of kinds) {
      if (signal.aborted) break;
      const args = { eventId: eventMessages[kind].id, dom: null };
      // An abort does not end the wait for a reply: the callback's number is needed to give it up.
      callbacks.add((await connection.call('connectDomainEventCallbackRegisterAny', args)).callbackId);
    }
    for await (const { callbackId, event } of inbox.events()) {
      // Another follower on this connection has callbacks of its own.
      if (callbackId === null || callbacks.has(callbackId)) yield event;
    }
  } finally {
    forget();
    signal.removeEventListener('abort', onAbort);
    await deregister(connection, callbacks);
  }
}

async function deregister(connection: Connection, callbacks: ReadonlySet<number>): Promise<void> {
  if (!connection.isOpen) return;
  const options = { deadlineMs: deregisterDeadlineMs };
  const asked = Array.from(callbacks, (callbackId) =>
    connection.call('connectDomainEventCallbackDeregisterAny', { callbackId }, options),
  );
  // A daemon that does not answer forgets the callbacks with the connection.
  await Promise.allSettled(asked);
}

/** Events that came and were not read yet. */
class EventInbox {
  #kept: Received[] = [];
  /** Those in `#kept` and those that are just being given out. */
  #unread = 0;
  #lost = 0;
  #ended: { reason: Error | null } | null = null;
  #wake: (() => void) | null = null;

  receive(frame: Frame, kinds: readonly DomainEventKind[]): void {
    const kind = kinds.find((one) => eventMessages[one].procedure === frame.header.procedure);
    if (kind === undefined) return;
    if (this.#unread < keptAtMost) {
      this.#kept.push(decode(kind, frame));
      this.#unread += 1;
    } else this.#lost += 1;
    this.#wake?.();
  }

  end(reason: Error | null): void {
    this.#ended ??= { reason };
    this.#wake?.();
  }

  async *events(): AsyncGenerator<Received> {
    for (;;) {
      const kept = this.#kept;
      const lost = this.#lost;
      this.#kept = [];
      this.#lost = 0;
      for (const received of kept) {
        this.#unread -= 1;
        yield received;
      }
      if (lost > 0) yield { callbackId: null, event: { kind: 'overflow', lost } };
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

function decode(kind: DomainEventKind, frame: Frame): Received {
  const reader = new XdrReader(frame.payload);
  try {
    const { callbackId, ...fields } = eventMessages[kind].codec.decode(reader);
    reader.end();
    // Some messages nest their fields, some do not: outside all are flat.
    const flat = 'msg' in fields ? fields.msg : fields;
    return { callbackId, event: { kind, ...flat } as LibvirtDomainEvent };
  } catch (error) {
    if (!(error instanceof XdrError)) throw error;
    const { procedure } = frame.header;
    return {
      callbackId: null,
      event: { kind: 'undecodable', procedure, bytes: Uint8Array.from(frame.payload) },
    };
  }
}
