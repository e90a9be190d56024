/** How long a controller waits for clients, and how many of them it has at once. Durations in milliseconds. */
export interface DoorLimits {
  /** For a connection's first byte, and from there for the whole head of a request. */
  readonly headMs: number;
  /** For the whole body of a request, from the end of its head. */
  readonly bodyMs: number;
  /** For the next bytes of an upload (`application/octet-stream`), which may take as long as it goes on. */
  readonly uploadIdleMs: number;
  /** Connections of the address and the socket together. */
  readonly maxConnections: number;
  /** Of them those by which no request has come whole. */
  readonly maxWaiting: number;
}

export const defaultDoorLimits: DoorLimits = {
  headMs: 20_000,
  bodyMs: 60_000,
  uploadIdleMs: 60_000,
  maxConnections: 4_000,
  maxWaiting: 1_000,
};
