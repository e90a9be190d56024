import type { Plain } from '@ferry/workflow';
import type { MissingStorage } from './storage/look-for-storage.ts';

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
  readonly storage: MissingStorage;
}

/** What a log has of it, also of a former version, which named its storage otherwise. */
export function readInspectedTarget(stored: Plain): Plain {
  if (typeof stored !== 'object' || stored === null || !('volumes' in stored)) return stored;
  const { volumes, ...rest } = stored;
  return { ...rest, storage: volumes };
}
