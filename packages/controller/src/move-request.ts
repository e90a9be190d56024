import type { MoveBody } from '@ferry/api';
import type { FlavorSnapshot } from '@ferry/model';
import type { MoveRequest } from './operations/submit-move.ts';

/** How long a guest may take to power off by itself when the caller does not say: as Nova's `shutdown_timeout`. */
const usualShutdownTimeoutMs = 60_000;

/** A move as it is asked for, with what holds when nothing is said. */
export function moveRequest(move: MoveBody, resizeTo: FlavorSnapshot | null = null): MoveRequest {
  return {
    kind: move.kind,
    host: move.host ?? null,
    bandwidthBytesPerSecond: move.bandwidthBytesPerSecond ?? null,
    maxDowntimeMs: move.maxDowntimeMs ?? null,
    blockMigration: move.blockMigration ?? 'auto',
    shutdownTimeoutMs: move.shutdownTimeoutMs ?? usualShutdownTimeoutMs,
    networkMap: move.networkMap ?? {},
    defineNetworks: move.defineNetworks ?? false,
    poolMap: move.poolMap ?? {},
    pathMap: move.pathMap ?? {},
    definePools: move.definePools ?? false,
    sharedDevices: move.sharedDevices ?? [],
    accept: move.accept ?? [],
    probe: move.probe ?? null,
    announce: move.announce ?? false,
    startFailure: move.startFailure ?? 'go-back',
    postCopy: move.postCopy ?? 'never',
    coordinated: move.coordinated ?? false,
    warm: move.warm ?? false,
    // What changes its size can be taken back.
    hold: move.hold ?? resizeTo !== null,
    resizeTo,
  };
}
