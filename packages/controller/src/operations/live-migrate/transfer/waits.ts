/** Something that happens now and then, to be waited for. */
export interface Wakes {
  /** Resolves at the next one; never when there are none any more, where looking now and then has to do. */
  next(): Promise<void>;
  end(): Promise<void>;
}

/**
 * Events as wakes. Those that come before somebody waits for the next one are one. Each is told to `hear` as soon as it comes,
 * whether or not anybody waits.
 */
export function wakesOf<T>(events: AsyncIterable<T>, hear: (event: T) => void = () => undefined): Wakes {
  const iterator = events[Symbol.asyncIterator]();
  let coming = Promise.withResolvers<void>();
  const read = async (): Promise<void> => {
    for (let event = await iterator.next(); event.done !== true; event = await iterator.next()) {
      hear(event.value);
      coming.resolve();
      coming = Promise.withResolvers();
    }
  };
  // Where there are none any more, looking now and then has to do.
  read().catch(() => undefined);
  return {
    next: () => coming.promise,
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
