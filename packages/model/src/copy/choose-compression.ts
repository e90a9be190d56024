import type { CompressionMethod, CopyProgramFacts, LinkReading } from './file-copy.ts';

/** What one processor compresses, bytes a second, with a margin: a slower link gains by it. */
const compressesBytesPerSecond = { zstd: 250_000_000, zlib: 30_000_000 } as const;
/** A reading of less than that tells of buffers, not of the link. */
const enough = { seconds: 1, wireBytes: 4 * 1024 * 1024 } as const;
/** Where the receiver holds it up for that share of the time, its disk or processor is slow, and not the link. */
const maxReceiverLimited = 0.5;

/** What the method of compression is chosen by. */
export interface CompressionInput {
  readonly source: Pick<CopyProgramFacts, 'zstd'>;
  readonly target: Pick<CopyProgramFacts, 'zstd'>;
  /** Bytes a second at most that somebody asked for. */
  readonly limitBytesPerSecond: number | null;
  /** Null before the sending began. */
  readonly reading: LinkReading | null;
}

/**
 * Whether to compress what is sent from now on: when the limit or the measured link is slower than compressing is. Null:
 * not, or not known yet.
 */
export function chooseCompression(input: CompressionInput): CompressionMethod | null {
  const method = input.source.zstd && input.target.zstd ? 'zstd' : 'zlib';
  const fastest = compressesBytesPerSecond[method];
  if (input.limitBytesPerSecond !== null && input.limitBytesPerSecond < fastest) return method;
  const { reading } = input;
  if (reading === null || reading.seconds < enough.seconds) return null;
  const rate = reading.wireBytes / reading.seconds;
  // A link so slow that little has gone through after a while is known well enough too.
  if (reading.wireBytes < enough.wireBytes && reading.seconds < 4 * enough.seconds) return null;
  if (reading.receiverLimited > maxReceiverLimited) return null;
  return rate < fastest ? method : null;
}
