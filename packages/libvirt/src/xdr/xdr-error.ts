/** Bytes that are not what the protocol says: cut short, too long, or a value out of range. */
export class XdrError extends Error {
  override readonly name = 'XdrError';
}
