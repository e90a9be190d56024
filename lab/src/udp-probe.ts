import { createSocket, type Socket } from 'node:dgram';
import { parseAnswer } from './guest-answer.ts';

/** What a probe saw: gaps are between answers, ids tell guests (and boots) apart. */
export interface ProbeReport {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  /** Probes that were answered more than once: two copies run. */
  readonly duplicates: number;
  readonly longestGapMs: number;
  readonly ids: readonly string[];
  /** Whether the guest's counter ever went back: another copy, or an old state. */
  readonly countWentBack: boolean;
}

/** How long answers are waited for after the last probe: many times the usual round trip. */
const lastAnswersMs = 200;

/** Sends a numbered datagram every few milliseconds and keeps account of the answers. */
export class Probe {
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  readonly #seen = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #startedAt = performance.now();
  #sent = 0;
  #duplicates = 0;
  #lastAnswerAt: number | null = null;
  #longestGapMs = 0;
  #lastCount = -1;
  #wentBack = false;

  /** `from` is the own address that it sends from; whatever the routes say when none is named. */
  constructor(address: string, port: number, intervalMs: number, from?: string) {
    this.#socket = createSocket('udp4');
    if (from !== undefined) this.#socket.bind(0, from);
    this.#socket.on('message', (message) => this.#receive(message.toString('utf8')));
    this.#socket.on('error', () => undefined);
    this.#timer = setInterval(() => {
      this.#socket.send(`p${this.#sent}`, port, address, () => undefined);
      this.#sent += 1;
    }, intervalMs);
  }

  /** Sends no more, and gives what is under way a moment to come back. */
  async stop(): Promise<ProbeReport> {
    clearInterval(this.#timer);
    const stoppedAt = performance.now();
    await new Promise((resolve) => {
      setTimeout(resolve, lastAnswersMs);
    });
    this.#socket.close();
    const sinceLast = stoppedAt - (this.#lastAnswerAt ?? this.#startedAt);
    return {
      sent: this.#sent,
      answered: this.#seen.size,
      lost: this.#sent - this.#seen.size,
      duplicates: this.#duplicates,
      longestGapMs: Math.round(Math.max(this.#longestGapMs, sinceLast)),
      ids: [...this.#ids],
      countWentBack: this.#wentBack,
    };
  }

  #receive(text: string): void {
    const answer = parseAnswer(text);
    if (answer === null) return;
    const number = text.slice(0, text.indexOf('\n'));
    if (this.#seen.has(number)) this.#duplicates += 1;
    this.#seen.add(number);
    this.#ids.add(answer.id);
    if (answer.count <= this.#lastCount) this.#wentBack = true;
    this.#lastCount = Math.max(this.#lastCount, answer.count);
    const now = performance.now();
    if (this.#lastAnswerAt !== null)
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastAnswerAt);
    this.#lastAnswerAt = now;
  }
}
