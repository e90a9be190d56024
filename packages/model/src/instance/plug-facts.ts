/** What an interface of a guest is plugged into, as one host has it. */
export interface PlugFacts {
  /** `network` is one of the hypervisor's own; `device` a bridge or card of the host. */
  readonly kind: 'network' | 'device';
  /** Whether guests can be plugged in now. */
  readonly active: boolean;
  /** Whether a device is a Linux bridge; null where that could not be told. */
  readonly isBridge: boolean | null;
  /** Largest packet; null where it could not be had. */
  readonly mtu: number | null;
}

/** One network, bridge or device of a guest on both hosts. */
export interface PlugComparison {
  readonly kind: 'network' | 'bridge' | 'direct';
  readonly virtualPort: string | null;
  /** Its name at the source. */
  readonly name: string;
  /** Its name at the target: another one where it is mapped. */
  readonly targetName: string;
  /** Null where a host did not say. */
  readonly atSource: PlugFacts | 'absent' | null;
  readonly onTarget: PlugFacts | 'absent' | null;
}
