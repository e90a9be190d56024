import type { Frame } from '../rpc/frame.ts';
import { type DecodedEvent, decodeEvent } from './decode-event.ts';
import type { EventKind } from './libvirt-event.ts';

const keptAtMost = 10_000;
/** A frame may have 32 MiB, and ten thousand of them would be more than there is. */
const bytesAtMost = 16 * 1024 * 1024;

/** Events that came and were not read yet: at most so many and so large, the rest is counted. */
export class EventInbox {
  readonly #kinds: ReadonlySet<EventKind>;
  #kept: { readonly decoded: DecodedEvent; readonly bytes: number }[] = [];
  /** Those in `#kept` and those that are just being given out. */
  #unread = 0;
  #unreadBytes = 0;
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
    if (this.#unread < keptAtMost && this.#unreadBytes < bytesAtMost) {
      const bytes = frame.payload.length;
      this.#kept.push({ decoded, bytes });
      this.#unread += 1;
      this.#unreadBytes += bytes;
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
      for (const { decoded, bytes } of kept) {
        this.#unread -= 1;
        this.#unreadBytes -= bytes;
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
