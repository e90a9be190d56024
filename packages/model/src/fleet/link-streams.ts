import { type LinkMap, netRate } from './move-time.ts';

/** A transfer that goes on. */
interface Stream {
  readonly links: readonly number[];
  readonly dirtyBytesPerSecond: number;
  leftBytes: number;
  bytesPerSecond: number;
  sinceMs: number;
}

/** A link whose streams use less of it than this share takes one more. */
export const fullFrom = 0.8;

/**
 * Whether one more move, which sends so fast at most, may begin on a link that moves go through which use so much of it when
 * all of them send. So many send; further ones do only while the link is not used up; and one more prepares beside them.
 */
export function mayPrepare(
  on: { readonly moves: number; readonly bytesPerSecond: number },
  ownBytesPerSecond: number,
  perLink: number,
  linkBytesPerSecond: number,
): boolean {
  return on.moves <= perLink || on.bytesPerSecond - ownBytesPerSecond < fullFrom * linkBytesPerSecond;
}

/**
 * Transfers at once on shared links, reckoned as a fluid: each gets what the link that divides its bandwidth among most
 * streams leaves it. A link takes `perLink` streams, and further ones only while those that it has use less than 80 %.
 */
export class LinkStreams {
  readonly #map: LinkMap;
  readonly #perLink: number;
  readonly #on: Map<number, Set<number>> = new Map();
  readonly #streams: Map<number, Stream> = new Map();

  constructor(map: LinkMap, perLink: number) {
    this.#map = map;
    this.#perLink = Math.max(1, perLink);
  }

  takes(links: readonly number[]): boolean {
    return links.every((link) => {
      const on = this.#on.get(link);
      if (on === undefined || on.size < this.#perLink) return true;
      let used = 0;
      for (const task of on) used += this.#streams.get(task)?.bytesPerSecond ?? 0;
      return used < fullFrom * (this.#map.bytesPerSecond[link] ?? 0);
    });
  }

  /** Begins a stream. Answers whose end changed by it, itself included, and when each ends now. */
  begin(
    task: number,
    links: readonly number[],
    bytes: number,
    dirty: number,
    nowMs: number,
  ): Map<number, number> {
    for (const link of links) {
      const on = this.#on.get(link) ?? new Set();
      this.#on.set(link, on.add(task));
    }
    this.#streams.set(task, {
      links,
      dirtyBytesPerSecond: dirty,
      leftBytes: bytes,
      bytesPerSecond: 0,
      sinceMs: nowMs,
    });
    return this.#share(links, nowMs);
  }

  /** Ends a stream. Answers whose end changed by it, and when each ends now. */
  end(task: number, nowMs: number): Map<number, number> {
    const links = this.#streams.get(task)?.links ?? [];
    this.#streams.delete(task);
    for (const link of links) this.#on.get(link)?.delete(task);
    return this.#share(links, nowMs);
  }

  #share(links: readonly number[], nowMs: number): Map<number, number> {
    const changed = new Map<number, number>();
    for (const link of links) {
      for (const task of this.#on.get(link) ?? []) {
        const stream = this.#streams.get(task);
        if (stream === undefined) continue;
        const rate = this.#rate(stream);
        if (rate === stream.bytesPerSecond) continue;
        if (stream.bytesPerSecond > 0) {
          const net = netRate(stream.dirtyBytesPerSecond, stream.bytesPerSecond);
          stream.leftBytes = Math.max(0, stream.leftBytes - (net * (nowMs - stream.sinceMs)) / 1000);
        }
        stream.sinceMs = nowMs;
        stream.bytesPerSecond = rate;
        changed.set(task, nowMs + (stream.leftBytes / netRate(stream.dirtyBytesPerSecond, rate)) * 1000);
      }
    }
    return changed;
  }

  #rate({ links }: Stream): number {
    return links.reduce(
      (least, link) =>
        Math.min(least, (this.#map.bytesPerSecond[link] ?? 0) / (this.#on.get(link)?.size ?? 1)),
      Number.POSITIVE_INFINITY,
    );
  }
}
