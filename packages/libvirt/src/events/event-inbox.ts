import type { Frame } from '../rpc/frame.ts';
import { type DecodedEvent, decodeEvent } from './decode-event.ts';
import type { EventKind } from './event-messages.ts';

const keptAtMost = 10_000;

/** Events that came and were not read yet: at most so many, the rest is counted. */
export class EventInbox {
  readonly #kinds: ReadonlySet<EventKind>;
  #kept: DecodedEvent[] = [];
  /** Those in `#kept` and those that are just being given out. */
  #unread = 0;
  #lost = 0;
  #ended: { reason: Error | null } | null = null;
  #wake: (() => void) | null = null;

  constructor(kinds: readonly EventKind[]) {
    this.#kinds = new Set(kinds);
  }

  /** Takes a message that nobody asked for. Those of other kinds are somebody else's. */
  receive(frame: Frame): void {
    const decoded = decodeEvent(frame);
    if (decoded.kind !== null && !this.#kinds.has(decoded.kind)) return;
    if (this.#unread < keptAtMost) {
      this.#kept.push(decoded);
      this.#unread += 1;
    } else this.#lost += 1;
    this.#wake?.();
  }

  /** No more will come; what came is still given out, and then the reason is thrown, if there is one. */
  end(reason: Error | null): void {
    this.#ended ??= { reason };
    this.#wake?.();
  }

  async *events(): AsyncGenerator<DecodedEvent> {
    for (;;) {
      const kept = this.#kept;
      const lost = this.#lost;
      this.#kept = [];
      this.#lost = 0;
      for (const decoded of kept) {
        this.#unread -= 1;
        yield decoded;
      }
      if (lost > 0) yield { kind: null, callback: null, event: { kind: 'overflow', lost } };
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
