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
