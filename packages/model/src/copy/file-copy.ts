/** How one file is brought to the target: straight from host to host, or through libvirt's streams and the controller. */
export type CopyWay =
  | {
      readonly kind: 'direct';
      /** Where the sender connects to. */
      readonly address: string;
      readonly encrypted: boolean;
      readonly because: string;
    }
  | { readonly kind: 'streams'; readonly because: string };

export type CompressionMethod = 'zstd' | 'zlib';

/** What the copying program found on its host. */
export interface CopyProgramFacts {
  /** Version of the Python that runs it. */
  readonly python: string;
  readonly zstd: boolean;
  /** Whether it may write and give away any file. */
  readonly root: boolean;
}

/** One reading of the connection between two hosts, from the begin of the sending on. */
export interface LinkReading {
  /** Bytes of the file that were sent. */
  readonly bytes: number;
  readonly wireBytes: number;
  readonly seconds: number;
  /** Share of the time in which the receiver held the connection up, and not the network: 0 to 1. */
  readonly receiverLimited: number;
}

/** The record of one file's copy: written before anything is made on the target, and what a next try goes on from. */
export interface FileCopy {
  readonly path: string;
  readonly way: CopyWay;
  /**
   * `begun`: under the name of its own (direct), or growing at its path (streams); `naming`: whole, and about to get its
   * true name; `done`: verified.
   */
  readonly state: 'begun' | 'naming' | 'done';
  /** Where a direct copy is written until it is whole; null for streams. */
  readonly part: string | null;
  /** What told the source's file from any other when this copy of it began; null before it was looked at. */
  readonly source: {
    readonly lengthBytes: number;
    /** When it was last written, and when anything of it last changed, its owner too; the latter not set where it was not told. */
    readonly changedAt: string | null;
    readonly touchedAt?: string | null;
  } | null;
  /** Digests of the pieces that were verified on the target, in order; streams only. */
  readonly pieces: readonly string[];
  /** Bytes that were there from an earlier try. */
  readonly resumedBytes: number;
  /** Bytes of the file that this try sent, and the bytes that it took on the wire. */
  readonly sentBytes: number;
  readonly wireBytes: number;
  readonly compression: CompressionMethod | null;
  /** From its begin to its being verified, of the last try; null before. */
  readonly elapsedMs: number | null;
  readonly digest: string | null;
}

/** The copying program on one host, or why it does not run there. */
export type ProgramFound =
  | { readonly runs: true; readonly facts: CopyProgramFacts }
  | { readonly runs: false; readonly because: string };

/** What the way of a copy is chosen by. */
export interface CopyWayInput {
  readonly source: ProgramFound;
  readonly target: ProgramFound;
  /** The target's address as other hosts reach it; null where its URIs name none. */
  readonly targetAddress: string | null;
  /** An address of the target on a network that the operator trusts. */
  readonly trustedAddress: string | null;
}

const streams = (because: string): CopyWay => ({ kind: 'streams', because });

/**
 * The way of a file: straight where both hosts run the copying program, encrypted unless the operator named an address
 * that is trusted; through libvirt wherever that cannot be.
 */
export function chooseCopyWay(input: CopyWayInput): CopyWay {
  for (const [side, found] of [
    ['source', input.source],
    ['target', input.target],
  ] as const) {
    if (!found.runs) return streams(found.because);
    if (!found.facts.root) return streams(`the ${side}'s shell is not root's, so it may not own disk images`);
  }
  if (input.trustedAddress !== null) {
    const because = `the operator trusts the network of ${input.trustedAddress}`;
    return { kind: 'direct', address: input.trustedAddress, encrypted: false, because };
  }
  if (input.targetAddress === null) {
    return streams('no URI of the target names an address that the source could connect to');
  }
  const because = 'a shell is there on both hosts';
  return { kind: 'direct', address: input.targetAddress, encrypted: true, because };
}

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

/** Closed list of why the copying of a file did not come to its end. */
export const copyFailureCodes = [
  /** The host's shell does not answer, or the way to it broke. */
  'no-shell',
  'no-python',
  /** The sender cannot connect to the receiver. */
  'no-connection',
  /** The other side is not the one that the certificate was made for. */
  'not-trusted',
  /** Nothing went through for too long. */
  'stalled',
  /** A connection broke: between the hosts, or to the libvirtd of one of them. */
  'broken',
  'disk-full',
  'no-file',
  /** A file that is not of this migration has the name. */
  'exists',
  /** The shell's user may not do it. */
  'denied',
  /** Another copy writes the same file. */
  'busy',
  /** The source's file changed while it was read. */
  'source-changed',
  /** What arrived is not what was sent. */
  'differs',
  'aborted',
  'other',
] as const;

export type CopyFailureCode = (typeof copyFailureCodes)[number];

/** Tries in a row in which nothing more arrived, before it is given up. */
const maxTriesInVain = 5;
/** A file that changes under every try is being used by somebody. */
const maxTriesOfContent = 2;

/**
 * What to do after a copy has failed: try again, and go on with what is there; go through libvirt's streams, for what
 * hosts cannot do between themselves; or give up. `triesInVain`: failed tries since something last arrived, this one
 * included; `tries`: all that failed.
 */
export function nextAfterCopyFailure(
  code: CopyFailureCode,
  { triesInVain, tries }: { readonly triesInVain: number; readonly tries: number },
): 'again' | 'streams' | 'give-up' {
  switch (code) {
    case 'no-connection':
    case 'no-file':
    case 'denied':
    case 'not-trusted':
    case 'no-python':
      return 'streams';
    case 'no-shell':
    case 'stalled':
    case 'broken':
    case 'busy':
      return triesInVain < maxTriesInVain ? 'again' : 'give-up';
    case 'source-changed':
    case 'differs':
      return tries < maxTriesOfContent ? 'again' : 'give-up';
    case 'disk-full':
    case 'exists':
    case 'aborted':
    case 'other':
      return 'give-up';
  }
}
