import type { NetworkPlace, PoolPlace } from '@ferry/model';

/** A volume that is to be in the catalogue. */
export interface NewVolume {
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string;
  readonly userId: string;
  readonly place: PoolPlace | NetworkPlace;
  /** Hosts by name or id that have the pool with it; none: the one host that has it. */
  readonly hosts: readonly string[];
  /** Of a pool's: it is made with that size; null: it is there already. Of a disk on the network what people are told. */
  readonly sizeBytes: number | null;
  /** Null: as the pool tells it, or the usual one. */
  readonly format: string | null;
  readonly shareable: boolean;
}
