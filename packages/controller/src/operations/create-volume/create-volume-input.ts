import type { PoolPlace } from '@ferry/model';

/** A host as it is in the log of an operation. */
export interface HostOfVolume {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
}

/** What the making of a volume works from. It stands in the log, so it is plain data. */
export interface CreateVolumeInput {
  readonly volumeId: string;
  readonly volumeName: string;
  readonly place: PoolPlace;
  readonly format: string;
  readonly capacityBytes: number;
  /** Where it is made. */
  readonly host: HostOfVolume;
  /** Others that are said to have the same pool. */
  readonly others: readonly HostOfVolume[];
}
