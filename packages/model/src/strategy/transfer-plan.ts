/**
 * How an instance's state will get to the target.
 * `peer-to-peer`: the hosts do it among themselves (all writable disks are shared).
 * `managed`: Ferry speaks each phase itself (a disk must be copied); see DESIGN.md on the lost Finish reply.
 * `cold`: files are copied while the instance is off.
 */
export interface TransferPlan {
  readonly form: 'peer-to-peer' | 'managed' | 'cold';
  readonly disks: readonly DiskPlan[];
  /** Sum of what the copied images allocate, for forecasts and claims. */
  readonly copyBytes: number;
  /** What stands in the way of it; empty for a plan that can be carried out. */
  readonly obstacles: readonly PlanObstacle[];
  /** Disks that are copied while the guest runs and once more, in part, when it is off; null: none, each is copied once. */
  readonly warm: readonly string[] | null;
}

/**
 * Why one image cannot be handled as planned.
 * `path-taken`: another file stands where it would be written, and it is never overwritten.
 * `base-differs`: where a base would be written stands a file of the same name and other content.
 * `base-not-shared`: an overlay is shared, but the target lacks what it stands on.
 * `unproven`: nobody could tell whether the target sees the same image.
 * `unreachable`: the target's hypervisor cannot open a disk on the network.
 * `one-host`: a disk on the network is named in a way that means something else on the target.
 * `pool`: the guest names it by a pool that the target does not have, or has elsewhere.
 * `volume-live`: libvirt copies no disk that is named by a pool while the guest runs.
 * `shareable`: other instances may write to a disk that the target does not see, so that a copy would part them.
 */
export interface PlanObstacle {
  readonly kind:
    | 'path-taken'
    | 'base-differs'
    | 'base-not-shared'
    | 'unproven'
    | 'unreachable'
    | 'one-host'
    | 'pool'
    | 'volume-live'
    | 'shareable';
  /** What the host said, or which name it is, where there is something to say. */
  readonly reason?: string;
  /** What both hosts have there, where it was compared. */
  readonly digests?: ImageDigests;
  /** The guest's name of the disk. */
  readonly target: string;
  readonly path: string | null;
}

/** Digests of the files that two hosts have at one path. */
export interface ImageDigests {
  readonly source: string;
  readonly target: string;
}

/** What happens to one disk. */
export type DiskPlan =
  | {
      readonly action: 'keep';
      readonly target: string;
      readonly path: string | null;
      /** The proof that nothing needs copying, in words. */
      readonly because: string;
    }
  | CopiedDisk;

/** A disk whose image must be brought to the target host, at the same path. */
export interface CopiedDisk {
  readonly action: 'copy';
  readonly target: string;
  readonly path: string;
  readonly format: string;
  readonly capacityBytes: number;
  readonly allocationBytes: number;
  /** Its content does not change while the guest runs: it is brought beforehand, like a backing image. */
  readonly readOnly: boolean;
  readonly because: string;
  /** Images below it, nearest first: already there with the same content, or to be brought. */
  readonly backing: readonly BackingPlan[];
}

/** One backing image of a copied disk. `await`: another migration brings it, and this one waits for that. */
export interface BackingPlan {
  readonly path: string;
  readonly format: string;
  readonly capacityBytes: number;
  readonly allocationBytes: number;
  readonly action: 'present' | 'bring' | 'await';
}

/** Whether the target sees the same image as the source, and how that is known. */
export interface ImageSharing {
  readonly path: string;
  readonly verdict: 'shared' | 'separate';
  /** For `separate`: what stands at the same path on the target; `on-its-way`: another migration brings it. */
  readonly onTarget: 'nothing' | 'same-content' | 'other-content' | 'on-its-way';
  /** Of a base that stands on both hosts. */
  readonly digests?: ImageDigests;
  readonly proof: string;
}

/** Whether the target's hypervisor could open a disk on the network, by trying. */
export interface NetworkReach {
  /** The guest's name of the disk. */
  readonly target: string;
  /** Why it could not; null when it could. */
  readonly refusal: string | null;
}

/** Where the target has the pool that a disk is named by. */
export interface PoolPlace {
  readonly pool: string;
  /** Null where it has no such pool. */
  readonly directory: string | null;
}
