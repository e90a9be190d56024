import type { FerryClient } from '@ferry/api';

/** Now and then it is looked all the same, should the stream of events have broken. */
const longestSilenceMs = 1_000;

/** Wakes who follows something as soon as anything is told, and once a second all the same. */
export class News {
  readonly #gone = new AbortController();
  readonly #events: AsyncIterator<unknown>;
  #next: Promise<'event' | 'never'>;

  constructor(client: FerryClient) {
    this.#events = client.events(null, this.#gone.signal)[Symbol.asyncIterator]();
    this.#next = this.#read();
  }

  /** Resolves when there may be something new since it was asked last. */
  async wait(): Promise<void> {
    if ((await Promise.race([this.#next, silence()])) === 'event') this.#next = this.#read();
  }

  end(): void {
    this.#gone.abort();
  }

  async #read(): Promise<'event' | 'never'> {
    try {
      const result = await this.#events.next();
      return result.done === true ? await new Promise<'never'>(() => undefined) : 'event';
    } catch {
      // The stream is a convenience; what is followed is asked for by its own page, whose errors are shown.
      return new Promise<'never'>(() => undefined);
    }
  }
}

function silence(): Promise<'silence'> {
  return new Promise((resolve) => {
    // The event stream keeps the process going meanwhile; a timer left over must not.
    setTimeout(resolve, longestSilenceMs, 'silence').unref();
  });
}
