import type { Host } from '../host/host.ts';
import { whyTakesNone } from '../host/takes-no-instance.ts';

/** A host and its pool as they are now, for a volume that is to be made. */
export interface VolumeCandidate {
  readonly host: Host;
  /** Bytes of the pool in all, and those that nothing takes yet; null where it is not known. */
  readonly room: { readonly capacityBytes: number; readonly availableBytes: number } | null;
  /** Sizes of all volumes that Ferry made in that pool: what is sparse now may be full later. */
  readonly promisedBytes: number;
  /** All that keeps a volume from being made there. */
  readonly problems: readonly string[];
}

/** A host for a volume that is to be made, or why every one was left out. */
export type VolumePlacement =
  | { readonly candidate: VolumeCandidate; readonly because: string }
  | { readonly candidate: null; readonly because: string };

/**
 * The host whose pool has most room, of those that can have the volume as large as it may become; by name where several
 * have the same.
 */
export function placeVolume(sizeBytes: number, candidates: readonly VolumeCandidate[]): VolumePlacement {
  const fitting: VolumeCandidate[] = [];
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const problems = problemsOf(sizeBytes, candidate);
    if (problems.length === 0) fitting.push(candidate);
    else reasons.push(`${candidate.host.name}: ${problems.join(', ')}`);
  }
  const [best] = fitting.toSorted(
    (one, other) => freeBytes(other) - freeBytes(one) || (one.host.name < other.host.name ? -1 : 1),
  );
  if (best !== undefined) return { candidate: best, because: `most room: ${freeBytes(best)} bytes` };
  return { candidate: null, because: reasons.length === 0 ? 'there is no host' : reasons.join('; ') };
}

function problemsOf(sizeBytes: number, candidate: VolumeCandidate): readonly string[] {
  const { host, room, problems } = candidate;
  const closed = whyTakesNone(host);
  const all = closed === null ? problems : [closed, ...problems];
  if (room === null || sizeBytes <= freeBytes(candidate)) return all;
  const free = Math.max(0, freeBytes(candidate));
  return [...all, `${sizeBytes} bytes are needed and ${free} are free of its pool`];
}

/** What is free now, and not more than what is left when all volumes that are there become as large as they may. */
function freeBytes({ room, promisedBytes }: VolumeCandidate): number {
  return room === null ? 0 : Math.min(room.availableBytes, room.capacityBytes - promisedBytes);
}
