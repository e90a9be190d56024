import type { ProbeAddress } from '@ferry/model';
import { probeOnce } from './probe-once.ts';

/** What a probe has seen so far. */
export interface ProbeSeen {
  readonly sent: number;
  readonly answered: number;
  /** From one answer to the next, and from the last to now; null while there was none. */
  readonly longestGapMs: number | null;
}

/** How often is asked, milliseconds; a process is needed for each question by icmp. */
const intervalMs: Record<ProbeAddress['protocol'], number> = { udp: 20, tcp: 50, icmp: 500 };
const timeoutMs = 1_000;
const nothing = (): void => undefined;

/** Asks an address again and again from its making until it is ended, and measures how long no answer came. */
export class ConnectivityProbe {
  readonly #address: ProbeAddress;
  readonly #timer: NodeJS.Timeout;
  #sent = 0;
  #answered = 0;
  #lastAnswerAt: number | null = null;
  #longestGapMs = 0;
  #wake: () => void = nothing;

  constructor(address: ProbeAddress) {
    this.#address = address;
    this.#timer = setInterval(() => void this.#ask(), intervalMs[address.protocol]);
  }

  /** Waits for an answer to a question that is asked from now on; false when none came in time. */
  async answers(withinMs: number, signal: AbortSignal): Promise<boolean> {
    const before = this.#answered;
    const end = performance.now() + withinMs;
    while (this.#answered === before) {
      signal.throwIfAborted();
      const left = end - performance.now();
      if (left <= 0) return false;
      await this.#nextAnswer(Math.min(left, timeoutMs));
    }
    return true;
  }

  seen(): ProbeSeen {
    if (this.#lastAnswerAt === null) return { sent: this.#sent, answered: 0, longestGapMs: null };
    const gap = Math.max(this.#longestGapMs, performance.now() - this.#lastAnswerAt);
    return { sent: this.#sent, answered: this.#answered, longestGapMs: Math.round(gap) };
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    this.#sent += 1;
    if (!(await probeOnce(this.#address, timeoutMs))) return;
    const now = performance.now();
    if (this.#lastAnswerAt !== null)
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastAnswerAt);
    this.#lastAnswerAt = now;
    this.#answered += 1;
    this.#wake();
  }

  #nextAnswer(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
