/** Encrypts or signs everything on a connection once an authentication has agreed on it (SASL's security layer). */
export interface SecurityLayer {
  /** What to write for these bytes: one packet or several. */
  wrap(bytes: Buffer): Buffer;
  /** Takes the next piece, however it was cut, and gives what it says. Throws SecurityLayerError for what is not genuine. */
  unwrap(piece: Buffer): Buffer;
}

/** Bytes that the other side of a security layer did not write, or that were changed on the way. */
export class SecurityLayerError extends Error {
  override readonly name = 'SecurityLayerError';
}
