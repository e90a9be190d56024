import type { TransferProgress } from '../migration/transfer-progress.ts';
import { type DirtyWindow, sampledWindow } from './dirty-curve.ts';

/** A guest of so many pages that writes at random into some, and passes once over the others, again and again. */
export interface SimulatedGuest {
  readonly pages: number;
  readonly pageBytes: number;
  readonly hotPages: number;
  readonly hotWritesPerSecond: number;
  readonly sweepPagesPerSecond: number;
}

/** The way between the hosts, and what the hypervisor was told. */
export interface SimulatedLink {
  readonly rate: number;
  readonly linkRate: number;
  readonly downtimeLimitMs: number;
  readonly switchoverMs: number;
  readonly chunkMs: number;
}

/** What came of it, with what `virDomainGetJobStats` would have shown each half second. */
export interface SimulatedMove {
  readonly converged: boolean;
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly bytes: number;
  readonly samples: readonly TransferProgress[];
}

const tickMs = 5;
const sampleMs = 500;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Writes of a guest, page by page: the hot ones lie in the middle of its memory. */
class Writer {
  readonly #guest: SimulatedGuest;
  readonly #random: () => number;
  #hotOwed = 0;
  #sweepOwed = 0;
  #sweepAt: number;

  constructor(guest: SimulatedGuest, random: () => number) {
    this.#guest = guest;
    this.#random = random;
    this.#sweepAt = Math.floor(random() * guest.pages);
  }

  write(durationMs: number, log: Uint8Array): void {
    const { pages, hotPages, hotWritesPerSecond, sweepPagesPerSecond } = this.#guest;
    const firstHot = Math.floor((pages - hotPages) / 2);
    this.#hotOwed += (hotWritesPerSecond * durationMs) / 1000;
    for (; this.#hotOwed >= 1; this.#hotOwed -= 1) log[firstHot + Math.floor(this.#random() * hotPages)] = 1;
    this.#sweepOwed += (sweepPagesPerSecond * durationMs) / 1000;
    for (; this.#sweepOwed >= 1; this.#sweepOwed -= 1) {
      this.#sweepAt = (this.#sweepAt + 1) % pages;
      log[this.#sweepAt] = 1;
    }
  }
}

/** Pre-copy over real pages, as QEMU does it: a bitmap of what is to be sent, a log of what was written since it was read. */
export function simulatePreCopy(
  guest: SimulatedGuest,
  link: SimulatedLink,
  random: () => number,
  longestMs: number,
): SimulatedMove {
  const { pages, pageBytes } = guest;
  const writer = new Writer(guest, random);
  const [dirty, log] = [new Uint8Array(pages).fill(1), new Uint8Array(pages)];
  const samples: TransferProgress[] = [];
  let [pending, cursor, sent, owed, elapsedMs, iteration] = [pages, 0, 0, 0, 0, 1];
  const thresholdPages = (link.rate * link.downtimeLimitMs) / 1000 / pageBytes;
  const sync = (): void => {
    for (let page = 0; page < pages; page += 1) {
      if (log[page] === 1 && dirty[page] === 0) {
        dirty[page] = 1;
        pending += 1;
      }
    }
    log.fill(0);
    iteration += 1;
  };
  const send = (durationMs: number): void => {
    owed += (link.rate * durationMs) / 1000 / pageBytes;
    for (; owed >= 1 && pending > 0; owed -= 1) {
      while (dirty[cursor] === 0) cursor = (cursor + 1) % pages;
      dirty[cursor] = 0;
      pending -= 1;
      sent += 1;
    }
  };
  for (; elapsedMs < longestMs; elapsedMs += tickMs) {
    if (elapsedMs % link.chunkMs === 0 && pending <= thresholdPages) {
      sync();
      if (pending <= thresholdPages) break;
    }
    if (elapsedMs % sampleMs === 0)
      samples.push(sampleOf({ elapsedMs, iteration, sent, pending }, guest, link.rate));
    writer.write(tickMs, log);
    send(tickMs);
  }
  const downtimeMs = ((pending * pageBytes) / link.linkRate) * 1000 + link.switchoverMs;
  return {
    converged: elapsedMs < longestMs,
    totalMs: elapsedMs + downtimeMs,
    downtimeMs,
    bytes: (sent + pending) * pageBytes,
    samples,
  };
}

function sampleOf(
  now: { elapsedMs: number; iteration: number; sent: number; pending: number },
  { pages, pageBytes }: SimulatedGuest,
  rate: number,
): TransferProgress {
  return {
    elapsedMs: now.elapsedMs,
    totalBytes: pages * pageBytes,
    doneBytes: (pages - now.pending) * pageBytes,
    remainingBytes: now.pending * pageBytes,
    memoryBytes: now.sent * pageBytes,
    diskBytes: 0,
    rateBytesPerSecond: rate,
    dirtyBytesPerSecond: null,
    iteration: now.iteration,
    expectedDowntimeMs: null,
    downtimeMs: null,
  };
}

const mebibyte = 1024 * 1024;

/** Page sampling as QEMU does it: of some pages it tells how many have changed, in whole MiB a second. */
export function samplePages(
  guest: SimulatedGuest,
  windowsMs: readonly number[],
  random: () => number,
): DirtyWindow[] {
  return windowsMs.map((windowMs) => {
    const log = new Uint8Array(guest.pages);
    new Writer(guest, random).write(windowMs, log);
    let changed = 0;
    const samples = Math.min(guest.pages, 512);
    for (let sample = 0; sample < samples; sample += 1)
      changed += log[Math.floor(random() * guest.pages)] ?? 0;
    const bytes = (changed / samples) * guest.pages * guest.pageBytes;
    return sampledWindow(Math.floor(bytes / mebibyte / (windowMs / 1000)), windowMs / 1000);
  });
}

/** What would be measured of a guest if all of its pages were looked at, and nothing was rounded. */
export function expectedWindows(guest: SimulatedGuest, windowsMs: readonly number[]): DirtyWindow[] {
  const { pageBytes, hotPages, hotWritesPerSecond, sweepPagesPerSecond } = guest;
  return windowsMs.map((windowMs) => {
    const seconds = windowMs / 1000;
    const hot = hotPages * -Math.expm1((-hotWritesPerSecond * seconds) / hotPages);
    const bytes = (hot + sweepPagesPerSecond * seconds) * pageBytes;
    return { windowMs, bytes, resolutionBytes: 1 };
  });
}

/** Any guest of 1 GiB: sets of 1 to 40 % of it, written to slower or faster than most links send. */
export function anyGuest(random: () => number): SimulatedGuest {
  const [pages, pageBytes] = [4096, mebibyte / 4];
  const hotPages = Math.ceil(pages * (0.01 + 0.39 * random()));
  return {
    pages,
    pageBytes,
    hotPages,
    hotWritesPerSecond: hotPages * 0.02 * 100 ** random(),
    sweepPagesPerSecond: random() < 0.5 ? 0 : 4 * 10 ** random(),
  };
}
