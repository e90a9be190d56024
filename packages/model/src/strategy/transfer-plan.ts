import type { DomainFacts } from '../instance/domain-facts.ts';
import { isFileOfInstance } from '../instance/instance.ts';

/**
 * How an instance's state will get to the target.
 * `peer-to-peer`: the hosts do it among themselves (all writable disks are shared).
 * `coordinated`: Ferry speaks each phase itself (a disk must be copied); docs/recovery.md tells what follows when its answers are lost.
 * `cold`: files are copied while the instance is off.
 */
export interface TransferPlan {
  readonly form: 'peer-to-peer' | 'coordinated' | 'cold';
  readonly disks: readonly DiskPlan[];
  /** Sum of what the copied images allocate, for forecasts and claims. */
  readonly copyBytes: number;
  /** What stands in the way of it; empty for a plan that can be carried out. */
  readonly obstacles: readonly PlanObstacle[];
  /** Disks that are copied while the guest runs and once more, in part, when it is off; null: none, each is copied once. */
  readonly warm: readonly string[] | null;
  /** Files that the hypervisor makes and fills on the target with the guest, and that were its own at the source. */
  readonly sent?: readonly { readonly target: string; readonly path: string; readonly because: string }[];
  /** Where the guest's files and devices are on the target, by their path at the source; what is not named is at the same path. */
  readonly targetPaths?: Readonly<Record<string, string>>;
}

/**
 * Why one image cannot be handled as planned.
 * `path-taken`: another file stands where it would be written, and it is never overwritten.
 * `link`: its name, in a directory that both hosts see, leads to another file on the target.
 * `base-differs`: where a base would be written stands a file of the same name and other content.
 * `base-not-shared`: an overlay is shared, but the target lacks what it stands on.
 * `image-missing`: at the source there is nothing at its path, or at that of what it stands on.
 * `unproven`: nobody could tell whether the target sees the same image.
 * `unreachable`: the target's hypervisor cannot open a disk on the network.
 * `one-host`: a disk on the network is named in a way that means something else on the target.
 * `no-device`: a block device would have to be copied, and nobody has said where to.
 * `device-taken`: where a block device would be written over, something is on it.
 * `device-small`: the device that it would be copied to is smaller.
 * `device-differs`: an operator said that both hosts have the same device, and they do not hold the same.
 * `encrypted-live`: it is encrypted, and what the hypervisor would send it into has no key yet.
 * `data-file`: it holds the data of an image, and that names it by a path of the source, or is copied while the guest runs.
 * `inside-lost`: what stands in the image beside its disk is not sent.
 * `several-files`: it is made of several files.
 * `shareable`: other instances may write to a disk that the target does not see, so that a copy would part them.
 */
export interface PlanObstacle {
  readonly kind:
    | 'path-taken'
    | 'link'
    | 'base-differs'
    | 'base-not-shared'
    | 'image-missing'
    | 'unproven'
    | 'unreachable'
    | 'one-host'
    | 'no-device'
    | 'device-taken'
    | 'device-small'
    | 'device-differs'
    | 'encrypted-live'
    | 'data-file'
    | 'inside-lost'
    | 'several-files'
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
      /** What it stands on, nearest first, where the target has that elsewhere than its file says. */
      readonly backing?: readonly { readonly path: string; readonly format: string }[];
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
  /** It is brought as if it were only read, and is the guest's own to write: only its next start has it. */
  readonly standsStill?: boolean;
  /** It is a block device at the source: its bytes are copied, the device itself stays. */
  readonly fromDevice?: boolean;
  /** It is written onto a block device of the target, which was blank. */
  readonly toDevice?: boolean;
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
  /**
   * For `separate`: what stands at its path on the target. `on-its-way`: another migration brings it.
   * `other-file`: both see the directory, in which its name leads to a file of each host's own. Of block devices:
   * `blank` and large enough, `used`, too `small`, or `no-device`, where nobody has said where to copy it to; `other-device`
   * where somebody said that it is the same, and what it holds is not.
   */
  readonly onTarget:
    | 'nothing'
    | 'same-content'
    | 'other-content'
    | 'other-file'
    | 'on-its-way'
    | 'blank'
    | 'small'
    | 'used'
    | 'no-device'
    | 'other-device';
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
  /** It could not be tried yet: what it takes is brought first, and then it is, before anything is touched. */
  readonly later?: boolean;
}

/**
 * A disk that is only read, and that others may have, too: it is brought and kept like a base image. What Ferry made for the
 * instance alone (its config drive) is none.
 */
export function isMedium(
  instanceId: string,
  disk: Pick<CopiedDisk, 'readOnly' | 'path' | 'standsStill'>,
): boolean {
  return disk.readOnly && disk.standsStill !== true && !isFileOfInstance(instanceId, disk.path);
}

/** What comes to the target with a disk and may be others', too, the deepest first: what it stands on, and a medium itself. */
export function basesOf(instanceId: string, disk: CopiedDisk): BackingPlan[] {
  const below = disk.backing.toReversed();
  if (!isMedium(instanceId, disk)) return below;
  const { path, format, capacityBytes, allocationBytes } = disk;
  return [...below, { path, format, capacityBytes, allocationBytes, action: 'bring' }];
}

/** Where on the target a file of the guest stands, by its path at the source. */
export function targetPathOf(plan: Pick<TransferPlan, 'targetPaths'>, path: string): string {
  return plan.targetPaths?.[path] ?? path;
}

/**
 * The disks that are copied while the guest runs, by the guest's names of them: those that it writes to. Null where there is
 * no use in it: the guest does not run, or none of its disks is copied. What never changes, and the firmware's variables,
 * need no overlay.
 */
export function planWarm(
  domain: Pick<DomainFacts, 'power' | 'disks'>,
  plan: TransferPlan,
): TransferPlan['warm'] {
  if (domain.power !== 'running') return null;
  const guests = new Set(domain.disks.map((disk) => disk.target));
  const written = plan.disks.filter(
    (disk) => disk.action === 'copy' && !disk.readOnly && guests.has(disk.target),
  );
  return written.length === 0 ? null : written.map((disk) => disk.target);
}
