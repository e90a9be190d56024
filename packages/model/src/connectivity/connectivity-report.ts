/** How a guest answered from outside while it moved. */
export interface ConnectivityReport {
  /** As the operator gave it: `tcp:10.0.0.5:22`. */
  readonly address: string;
  /** Whether it answered before the move began; where it did not, nothing is proven. Null: the controller was restarted meanwhile. */
  readonly answeredBefore: boolean | null;
  /** Whether it answered after the move. */
  readonly answeredAfter: boolean;
  readonly sent: number;
  readonly answered: number;
  /** Longest time without an answer, from one to the next; null when it is not known. */
  readonly longestGapMs: number | null;
}

/** Where a guest is asked from outside whether it answers. */
export interface ProbeAddress {
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  readonly host: string;
  /** Null for icmp. */
  readonly port: number | null;
}

/** Reads `ADDRESS`, `icmp:ADDRESS`, `tcp:HOST:PORT` or `udp:HOST:PORT`, IPv6 in brackets; null for what is none. */
export function parseProbeAddress(text: string): ProbeAddress | null {
  const match =
    /^(?:(icmp|tcp|udp):)?(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9][A-Za-z0-9._-]*))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const protocol = (match[1] ?? 'icmp') as ProbeAddress['protocol'];
  const host = match[2] ?? match[3] ?? '';
  const port = match[4] === undefined ? null : Number(match[4]);
  if ((protocol === 'icmp') !== (port === null)) return null;
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { protocol, host, port };
}
