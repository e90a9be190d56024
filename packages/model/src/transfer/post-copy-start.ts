import type { TransferProgress } from '../migration/transfer-progress.ts';

/**
 * Whether it is time for post-copy: `wait` while it may go without, `start`, or `weak` for a link that the guest's memory
 * is not trusted to.
 */
export type PostCopyStart =
  | { readonly kind: 'wait' }
  | { readonly kind: 'start'; readonly because: string }
  | { readonly kind: 'weak'; readonly because: string };

/**
 * While memory is fetched the guest depends on the link, and each page that it misses is a pause of a round trip and a
 * page's sending. Below 100 Mbit/s, or when the rest would take longer than a minute, that is too long to be at the mercy
 * of one link.
 */
export const weakestLink = { rateBytesPerSecond: 12_500_000, restMs: 60_000 } as const;

/**
 * The first pass over memory is sent as ever, so that only what the guest changes since is fetched from afar. After it,
 * post-copy begins unless the next pause would be short enough as it is.
 */
export function postCopyStart(progress: TransferProgress, maxDowntimeMs: number | null): PostCopyStart {
  const { iteration, rateBytesPerSecond, remainingBytes, dirtyBytesPerSecond, expectedDowntimeMs } = progress;
  if (iteration < 2 || rateBytesPerSecond === 0) return { kind: 'wait' };
  const converges = dirtyBytesPerSecond !== null && dirtyBytesPerSecond < rateBytesPerSecond / 2;
  const shortEnough =
    expectedDowntimeMs !== null && expectedDowntimeMs <= (maxDowntimeMs ?? defaultDowntimeMs);
  if (converges || shortEnough) return { kind: 'wait' };
  const figures = figuresOf(remainingBytes, rateBytesPerSecond);
  const weakness = postCopyWeakness(remainingBytes, rateBytesPerSecond);
  if (weakness !== null) return { kind: 'weak', because: weakness };
  const dirty =
    dirtyBytesPerSecond === null ? '' : `, and the guest changes ${mebibytes(dirtyBytesPerSecond)} MiB/s`;
  return { kind: 'start', because: figures + dirty };
}

/** Why a link is not trusted with a guest whose memory is fetched over it; null: it is. Bytes and bytes a second. */
export function postCopyWeakness(remainingBytes: number, rateBytesPerSecond: number): string | null {
  const restMs = Math.round((remainingBytes / rateBytesPerSecond) * 1000);
  if (rateBytesPerSecond >= weakestLink.rateBytesPerSecond && restMs <= weakestLink.restMs) return null;
  const least = `${mebibytes(weakestLink.rateBytesPerSecond)} MiB/s and at most ${weakestLink.restMs / 1000} s`;
  return `${figuresOf(remainingBytes, rateBytesPerSecond)}: post-copy takes at least ${least}`;
}

function figuresOf(remainingBytes: number, rateBytesPerSecond: number): string {
  return `${mebibytes(remainingBytes)} MiB to go at ${mebibytes(rateBytesPerSecond)} MiB/s`;
}

/** QEMU's own limit when nobody sets one. */
const defaultDowntimeMs = 300;

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
