import type { PoolPlace } from '@ferry/model';
import type { HostOfVolume } from '../create-volume/create-volume-input.ts';

/** What the extension of a volume works from. It stands in the log, so it is plain data. */
export interface ExtendVolumeInput {
  readonly volumeId: string;
  readonly volumeName: string;
  readonly place: PoolPlace;
  readonly format: string;
  /** What a guest is to see. */
  readonly toBytes: number;
  /** All that have it, one at least. */
  readonly hosts: readonly HostOfVolume[];
}
