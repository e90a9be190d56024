/** A base image of a host, as it was last looked at. */
export interface BaseImage {
  readonly hostId: string;
  readonly path: string;
  /** What tells that the file is still the same. */
  readonly lengthBytes: number;
  readonly changedAt: string | null;
  /** Null: it was not read since. */
  readonly digest: string | null;
  /** The migration that brought the file, and when; null: it was found there. */
  readonly brought: { readonly migrationId: string; readonly at: string } | null;
}

/** How digests of images are made now; it stands with those that are kept, for others compare with nothing. */
export const digestKind = 'sha256-of-crc32';
