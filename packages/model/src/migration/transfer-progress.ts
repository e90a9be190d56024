/** One reading of a transfer that runs. Bytes are of memory and disks together where not said. */
export interface TransferProgress {
  readonly elapsedMs: number;
  readonly totalBytes: number;
  readonly doneBytes: number;
  readonly remainingBytes: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Memory that is all zero: it is done, and took next to nothing to send. Not told by every hypervisor. */
  readonly zeroBytes?: number;
  /** Bytes a second now; 0 when not known yet. */
  readonly rateBytesPerSecond: number;
  /** Bytes a second that the guest dirties; null before the second pass over memory. */
  readonly dirtyBytesPerSecond: number | null;
  readonly iteration: number;
  /** What libvirt expects; null before it says so. */
  readonly expectedDowntimeMs: number | null;
  /** Downtime measured so far; null before the switch-over. */
  readonly downtimeMs: number | null;
  /** Of memory alone. Not set by those who do not tell it apart, and in what former versions wrote. */
  readonly memoryRemainingBytes?: number;
  /** By how much the guest's processors are slowed down; null: they are not. */
  readonly throttlePercent?: number | null;
  /** Pages that the cache for deltas did not have; null: there is none. */
  readonly xbzrleCacheMisses?: number | null;
}
