/** What an exchange may have to know. */
export interface SaslContext {
  /** The name that the daemon's host is known by; null for this machine. */
  readonly host: string | null;
  /** Whether the transport is private: where it is not, the mechanism must encrypt. */
  readonly private: boolean;
}
