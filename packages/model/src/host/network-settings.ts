import type { MoveRequest } from '../move/move-options.ts';

/** How what guests are plugged into is found on a host. */
export interface NetworkSettings {
  /** Networks, bridges and devices by their name elsewhere, where this host names them otherwise. */
  readonly map: Readonly<Record<string, string>>;
  /** Whether a network that it lacks may be defined as at the source. */
  readonly define: boolean;
}

/** What holds for a move: what was asked for, and else what was set for the target. */
export function networkSettings(
  request: Pick<MoveRequest, 'networkMap' | 'defineNetworks'>,
  target: { readonly networks: NetworkSettings } | null,
): NetworkSettings {
  return {
    map: { ...target?.networks.map, ...request.networkMap },
    define: request.defineNetworks || target?.networks.define === true,
  };
}
