import { ClientError } from '../errors.ts';
import type { Program } from '../procedures/procedure.ts';
import { type CallOptions, defaultDeadlineMs } from './call-options.ts';
import { type Frame, FrameError } from './frame.ts';

/** A call that was given a serial number. */
export interface NumberedCall {
  readonly serial: number;
  readonly name: string;
  readonly program: Program;
  readonly procedure: number;
}

interface Pending {
  readonly call: NumberedCall;
  readonly settle: (outcome: { frame: Frame } | { error: Error }) => void;
}

const largestSerial = 0xff_ff_ff_ff;

/** Calls that wait for their replies, by serial number. */
export class PendingCalls {
  readonly #waiting = new Map<number, Pending>();
  readonly #deadlines = new Deadlines();
  #lastSerial: number;
  #wrapped = false;

  /** Serial numbers go on from the last that was given out. */
  constructor(lastSerial = 0) {
    this.#lastSerial = lastSerial;
  }

  /** A serial number that no waiting call has. Zero is left to messages that nobody asked for. */
  nextSerial(): number {
    do {
      if (this.#lastSerial === largestSerial) this.#wrapped = true;
      this.#lastSerial = (this.#lastSerial % largestSerial) + 1;
    } while (this.#waiting.has(this.#lastSerial));
    return this.#lastSerial;
  }

  /** Throws FrameError for a serial number that was never given to a call: the peer talks to somebody else. */
  requireIssued(serial: number): void {
    const issued = serial !== 0 && (this.#wrapped || serial <= this.#lastSerial);
    if (!issued) throw new FrameError(`a frame for the serial number ${serial}, which no call had`);
  }

  /** What the reply of a call says, as `read` understands it; or rejects by its deadline or signal, if that is first. */
  wait<R>(call: NumberedCall, options: CallOptions, read: (frame: Frame) => R): Promise<R> {
    const { serial, name } = call;
    const { signal, deadlineMs = defaultDeadlineMs } = options;
    return new Promise((resolve, reject) => {
      const settle: Pending['settle'] = (outcome) => {
        this.#waiting.delete(serial);
        cancelDeadline();
        signal?.removeEventListener('abort', onAbort);
        if ('error' in outcome) {
          reject(outcome.error);
          return;
        }
        try {
          resolve(read(outcome.frame));
        } catch (error) {
          reject(error);
        }
      };
      const onAbort = (): void => {
        const message = `${name} was given up by its caller`;
        settle({ error: new ClientError('aborted', message, { mayHaveRun: true, cause: signal?.reason }) });
      };
      const cancelDeadline = this.#deadlines.add(deadlineMs, () => {
        const message = `${name}: no reply within ${Math.round(deadlineMs)} ms`;
        settle({ error: new ClientError('deadline-exceeded', message, { mayHaveRun: true }) });
      });
      this.#waiting.set(serial, { call, settle });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /**
   * Hands a reply to its call. One that nobody waits for any more came after its deadline and is dropped. Throws
   * FrameError for a reply to no call, or to another procedure than was called.
   */
  deliver(frame: Frame): void {
    const { serial, program, version, procedure } = frame.header;
    this.requireIssued(serial);
    const pending = this.#waiting.get(serial);
    if (pending === undefined) return;
    const { call } = pending;
    const same = call.program.program === program && call.program.version === version;
    if (!same || call.procedure !== procedure) {
      throw new FrameError(`a reply of procedure ${procedure} to ${call.name} (${call.procedure})`);
    }
    pending.settle({ frame });
  }

  /** Ends all waiting calls with an error. */
  rejectAll(error: Error): void {
    for (const pending of this.#waiting.values()) pending.settle({ error });
    this.#deadlines.stop();
  }
}

/** Node fires timers longer than this at once. */
const longestTimerMs = 2 ** 31 - 1;

interface Entry {
  /** By `performance.now()`. */
  readonly endsAt: number;
  readonly expire: () => void;
}

/**
 * Deadlines of many calls on one timer. A call that is answered in time, as nearly all are, costs no timer: the one there
 * is stays armed for the earliest deadline that was ever waited for and looks, when it fires, what is really due. It does
 * not keep the process running; the socket that the answers come from does.
 */
export class Deadlines {
  readonly #entries = new Set<Entry>();
  #timer: NodeJS.Timeout | undefined;
  #firesAt = Number.POSITIVE_INFINITY;

  /** Calls back after so many milliseconds, however many they are (`Infinity`: never). The result cancels it. */
  add(deadlineMs: number, expire: () => void): () => void {
    if (deadlineMs === Number.POSITIVE_INFINITY) return () => undefined;
    const entry = { endsAt: performance.now() + deadlineMs, expire };
    this.#entries.add(entry);
    if (entry.endsAt < this.#firesAt) this.#arm(entry.endsAt);
    return () => this.#entries.delete(entry);
  }

  /** Forgets all deadlines. */
  stop(): void {
    this.#entries.clear();
    clearTimeout(this.#timer);
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  #arm(endsAt: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = endsAt;
    // Rounded up: a timer that fires before its time would find nothing due.
    const waitMs = Math.max(0, Math.ceil(endsAt - performance.now()));
    this.#timer = setTimeout(() => this.#fire(), Math.min(waitMs, longestTimerMs));
    this.#timer.unref();
  }

  #fire(): void {
    const now = performance.now();
    const due = [...this.#entries].filter(({ endsAt }) => endsAt <= now);
    for (const entry of due) this.#entries.delete(entry);
    this.#firesAt = Number.POSITIVE_INFINITY;
    const next = Math.min(...Array.from(this.#entries, ({ endsAt }) => endsAt));
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
    for (const { expire } of due) expire();
  }
}
