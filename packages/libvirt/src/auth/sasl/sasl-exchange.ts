/** One SASL mechanism at work, from the client's side (RFC 4422). Null messages are absent ones, not empty ones. */
export interface SaslExchange {
  /** The client's first message; null where the server speaks first. */
  first(): Promise<Uint8Array | null>;
  /**
   * Takes what the server said, and gives what to say next. Throws SaslError for what no honest server says, or for what
   * this mechanism cannot do.
   */
  next(challenge: Uint8Array | null): Promise<Uint8Array | null>;
  /** The client has nothing more to ask, and the server has proved itself where the mechanism lets it. */
  readonly done: boolean;
}

/** Why an exchange cannot go on. */
export class SaslError extends Error {
  override readonly name = 'SaslError';
}
