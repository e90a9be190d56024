/** How one waits for its turn. */
export interface Turn {
  /** What the others are told while this one has it. */
  readonly holder?: string;
  /** Is told who has it, when one must wait and each time that it passes to another. */
  readonly onWait?: (holder: string) => Promise<void>;
  /** Ends the wait; not the work. */
  readonly signal?: AbortSignal;
}

/** Has one at a time do what belongs to a key. */
export interface Locks {
  with<T>(key: string, work: () => Promise<T>, turn?: Turn): Promise<T>;
}

interface Waiting {
  readonly turn: Turn;
  go(): void;
}

interface Queue {
  holder: string;
  readonly waiting: Waiting[];
}

/** One holder a key; the others wait in order. */
export class KeyedLock implements Locks {
  readonly #queues = new Map<string, Queue>();

  async with<T>(key: string, work: () => Promise<T>, turn: Turn = {}): Promise<T> {
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, { holder: turn.holder ?? key, waiting: [] });
    else await this.#wait(queue, turn);
    try {
      return await work();
    } finally {
      this.#pass(key);
    }
  }

  async #wait(queue: Queue, turn: Turn): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const mine: Waiting = { turn, go: resolve };
    const giveUp = (): void => {
      const at = queue.waiting.indexOf(mine);
      // Its turn has come already: it takes it, and its work heeds the signal itself.
      if (at === -1) return;
      queue.waiting.splice(at, 1);
      reject(turn.signal?.reason as Error);
    };
    turn.signal?.throwIfAborted();
    queue.waiting.push(mine);
    turn.signal?.addEventListener('abort', giveUp, { once: true });
    // That the reason could not be told is no reason to wait no longer.
    turn.onWait?.(queue.holder).catch(() => undefined);
    try {
      await promise;
    } finally {
      turn.signal?.removeEventListener('abort', giveUp);
    }
  }

  #pass(key: string): void {
    const queue = this.#queues.get(key);
    const next = queue?.waiting.shift();
    if (queue === undefined || next === undefined) {
      this.#queues.delete(key);
      return;
    }
    queue.holder = next.turn.holder ?? key;
    next.go();
    for (const { turn } of queue.waiting) turn.onWait?.(queue.holder).catch(() => undefined);
  }
}

/** Has so many at a time at work; the others wait in the order in which they came. */
export class Places {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    // Whoever ends hands its place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
