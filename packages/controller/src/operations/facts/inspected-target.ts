import type { MissingVolumes } from './volumes/look-for-volumes.ts';

/** Networks of the target's hypervisor that are to be made ready, by their name there. */
export interface MissingNetworks {
  readonly define: readonly string[];
  readonly start: readonly string[];
}

/** What the target has before anything is brought: what is found there later and is not among it came with this move. */
export interface InspectedTarget {
  /** Names of packet filters. */
  readonly filters: readonly string[];
  readonly networks: MissingNetworks;
  readonly volumes: MissingVolumes;
}
