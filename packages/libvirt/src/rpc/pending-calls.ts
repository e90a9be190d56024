import { ClientError } from '../errors.ts';
import { type CallOptions, defaultDeadlineMs } from './call-options.ts';
import type { Frame } from './frame.ts';

interface Pending {
  readonly settle: (outcome: { frame: Frame } | { error: Error }) => void;
}

/** Calls that wait for their replies, by serial number. */
export class PendingCalls {
  readonly #waiting = new Map<number, Pending>();
  #lastSerial = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** A serial number that no waiting call has. Zero is left to messages that nobody asked for. */
  nextSerial(): number {
    do {
      this.#lastSerial = (this.#lastSerial % 0xff_ff_ff_ff) + 1;
    } while (this.#waiting.has(this.#lastSerial));
    return this.#lastSerial;
  }

  /** Waits for the reply of a serial number, its deadline or its signal, whichever is first. */
  wait(serial: number, name: string, options: CallOptions): Promise<Frame> {
    const { signal, deadlineMs = defaultDeadlineMs } = options;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const settle: Pending['settle'] = (outcome) => {
        this.#waiting.delete(serial);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        if ('frame' in outcome) resolve(outcome.frame);
        else reject(outcome.error);
      };
      const onAbort = (): void => {
        const message = `${name} was given up by its caller`;
        settle({ error: new ClientError('aborted', message, { mayHaveRun: true, cause: signal?.reason }) });
      };
      if (Number.isFinite(deadlineMs)) {
        timer = setTimeout(() => {
          const message = `${name}: no reply within ${deadlineMs} ms`;
          settle({ error: new ClientError('deadline-exceeded', message, { mayHaveRun: true }) });
        }, deadlineMs);
      }
      this.#waiting.set(serial, { settle });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Hands a reply to its call. A reply that nobody waits for came after its deadline: false. */
  deliver(frame: Frame): boolean {
    const pending = this.#waiting.get(frame.header.serial);
    pending?.settle({ frame });
    return pending !== undefined;
  }

  /** Ends all waiting calls with an error. */
  rejectAll(error: Error): void {
    for (const pending of [...this.#waiting.values()]) pending.settle({ error });
  }
}
