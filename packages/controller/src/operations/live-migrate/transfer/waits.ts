/** Something that happens now and then, to be waited for. */
export interface Wakes {
  /** Resolves at the next one; never when there are none any more, where looking now and then has to do. */
  next(): Promise<void>;
  end(): Promise<void>;
}

/** Events as wakes. Those that are waited for at the same time are one. */
export function wakesOf(events: AsyncIterable<unknown>): Wakes {
  const iterator = events[Symbol.asyncIterator]();
  let coming: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    const result = await iterator.next().catch(() => ({ done: true }));
    if (result.done === true) await new Promise(() => undefined);
    coming = null;
  };
  return {
    next: () => (coming ??= read()),
    end: async () => {
      await iterator.return?.();
    },
  };
}

/** Waits so many milliseconds, or until it is aborted; it does not throw then. */
export function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
