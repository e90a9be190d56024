import { encodeFrame, type Frame, MessageStatus, MessageType } from './frame.ts';

/** The keepalive program (its number spells "keep"). */
export const keepaliveProgram = 0x6b_65_65_70;
const ping = 1;
const pong = 2;

/** How often an idle connection is asked for a sign of life, and how many times without an answer end it. */
export interface KeepaliveOptions {
  readonly intervalMs: number;
  readonly count: number;
}

/** libvirt's own values: 5 s, 5 times. */
export const defaultKeepalive: KeepaliveOptions = { intervalMs: 5_000, count: 5 };

/** Answers the daemon's pings, and once started sends our own while nothing else comes in. */
export class Keepalive {
  readonly #send: (frame: Buffer) => void;
  readonly #answer: (frame: Buffer) => unknown;
  #timer: NodeJS.Timeout | undefined;
  #unanswered = 0;
  #deaf = false;

  /**
   * `answer` may leave a frame out when others wait to be sent: those are signs of life enough, and answers to a daemon
   * that asks without reading would pile up. `send` may not: without our question nothing might come.
   */
  constructor(send: (frame: Buffer) => void, answer: (frame: Buffer) => unknown) {
    this.#send = send;
    this.#answer = answer;
  }

  /** Sends pings from now on; `onSilence` hears for how long nothing came. */
  start(options: KeepaliveOptions, onSilence: (silentMs: number) => void): void {
    this.stop();
    this.#timer = setInterval(() => {
      if (!this.#deaf) this.#unanswered += 1;
      if (this.#unanswered > options.count) onSilence(options.intervalMs * this.#unanswered);
      else this.#send(frameOf(ping));
    }, options.intervalMs);
    this.#timer.unref();
  }

  /** Anything that comes in is a sign of life. */
  heard(): void {
    this.#unanswered = 0;
  }

  /**
   * While we do not read, silence is our own doing and not counted; nor can we see the daemon's pings, but our own go
   * on, and any message is a sign of life to it.
   */
  setDeaf(deaf: boolean): void {
    this.#deaf = deaf;
    this.#unanswered = 0;
  }

  receive(frame: Frame): void {
    if (frame.header.procedure === ping) this.#answer(frameOf(pong));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function frameOf(procedure: number): Buffer {
  const header = {
    program: keepaliveProgram,
    version: 1,
    procedure,
    type: MessageType.message,
    serial: 0,
    status: MessageStatus.ok,
  };
  return encodeFrame(header, () => undefined);
}
