/** How digests of images are made now; it stands with those that are kept, for others compare with nothing. */
export const digestKind = 'sha256-of-crc32';
