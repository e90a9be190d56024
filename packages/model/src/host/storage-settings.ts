import type { MoveRequest } from '../move/move-options.ts';

/** How the storage of guests is found on a host. */
export interface StorageSettings {
  /** Pools by their name elsewhere, where this host names them otherwise. */
  readonly pools: Readonly<Record<string, string>>;
  /** Files, devices and directories by their path elsewhere, where they are at another here; what is below goes along. */
  readonly paths: Readonly<Record<string, string>>;
  /** Whether a pool that it lacks may be defined as at the source. */
  readonly define: boolean;
}

/** What holds for a move: what was asked for, and else what was set for the target. */
export function storageSettings(
  request: Pick<MoveRequest, 'poolMap' | 'pathMap' | 'definePools'>,
  target: { readonly storage: StorageSettings } | null,
): StorageSettings {
  return {
    pools: { ...target?.storage.pools, ...request.poolMap },
    paths: { ...target?.storage.paths, ...request.pathMap },
    define: request.definePools || target?.storage.define === true,
  };
}
