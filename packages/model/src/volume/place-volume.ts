import { type Host, whyTakesNone } from '../host/host.ts';

/** A storage pool that an admin named for projects: what they may ask for volumes of, without knowing hosts. */
export interface VolumeType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Its name in libvirt, the same on each of its hosts. */
  readonly pool: string;
  /** Hosts by id that it is used on; none: all that have it. */
  readonly hostIds: readonly string[];
  /** Its hosts have one and the same pool (NFS, a cluster file system); else each has one of its own. */
  readonly shared: boolean;
  /** Taken for volumes that no type is asked for. */
  readonly isDefault: boolean;
  readonly createdAt: string;
}

/** What there is while no admin has named a default: the pool that libvirt's own tools make. The name is Cinder's. */
export const defaultVolumeType: VolumeType = {
  id: 'b6f1c2a4-6b0e-4c55-9d0a-3a9f0c1e7d10',
  name: '__DEFAULT__',
  description: 'The storage pool `default` of a host.',
  pool: 'default',
  hostIds: [],
  shared: false,
  isDefault: true,
  createdAt: '2026-01-01T00:00:00.000Z',
};

/** What a volume is to be called in a guest, or that the wanted name is another disk's. */
export type TargetChoice =
  | { readonly kind: 'chosen'; readonly target: string }
  | { readonly kind: 'taken'; readonly target: string }
  | { readonly kind: 'full' };

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
/** `vda` to `vdz`, then `vdaa` to `vdzz`, as the kernel counts. */
const targets = [
  ...letters.map((letter) => `vd${letter}`),
  ...letters.flatMap((first) => letters.map((second) => `vd${first}${second}`)),
];

/**
 * A volume is a disk of virtio. A name of such a disk is kept to where it is wanted and free; any other name (`/dev/sdb`) is
 * a wish that no hypervisor heeds, and the first free one is taken.
 */
export function chooseTarget(taken: readonly string[], wanted: string | null): TargetChoice {
  const asked = wanted?.replace(/^\/dev\//, '') ?? '';
  if (targets.includes(asked))
    return taken.includes(asked) ? { kind: 'taken', target: asked } : { kind: 'chosen', target: asked };
  const free = targets.find((target) => !taken.includes(target));
  return free === undefined ? { kind: 'full' } : { kind: 'chosen', target: free };
}

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
