import type { PoolPlace } from '@ferry/model';

/** What the deletion of a volume works from. It stands in the log, so it is plain data. */
export interface DeleteVolumeInput {
  readonly volumeId: string;
  readonly volumeName: string;
  /** What is to go from its pool, because Ferry made it; null: it is only forgotten. */
  readonly content: { readonly place: PoolPlace; readonly hostIds: readonly string[] } | null;
}
