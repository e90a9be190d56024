/** A piece of a sparse file: bytes, or a hole that reads as zeros. */
export type ImageChunk =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'hole'; readonly lengthBytes: number };
