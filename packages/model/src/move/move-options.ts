import type { FlavorSnapshot } from '../instance/instance-profile.ts';
import type { MigrationKind } from '../migration/migration.ts';
import type { EncryptionWish } from '../strategy/memory-encryption.ts';
import type { PostCopyPolicy } from '../strategy/post-copy-policy.ts';

/** How an instance is to move: what its caller may say, in one shape from the request to the last step. */
export interface MoveOptions {
  /** Bytes a second at most; null for no limit. */
  readonly bandwidthBytesPerSecond: number | null;
  /** Longest pause of the guest at the switch-over; null for the hypervisor's own. */
  readonly maxDowntimeMs: number | null;
  /** A policy that holds for this move above those that are for its instance anyway; null: none. */
  readonly policy: string | null;
  /** `auto` lets Ferry tell shared and local disks apart; the others insist and are checked against what is so. */
  readonly blockMigration: 'auto' | 'yes' | 'no';
  /** Networks, bridges and devices by their name at the source, where the target names them otherwise. */
  readonly networkMap: Readonly<Record<string, string>>;
  /** Whether a network that the target lacks may be defined there as on the source. */
  readonly defineNetworks: boolean;
  /** Pools by their name at the source, where the target names them otherwise. */
  readonly poolMap: Readonly<Record<string, string>>;
  /** Files, devices and directories by their path at the source, where they are at another on the target. */
  readonly pathMap: Readonly<Record<string, string>>;
  /** Whether a pool that the target lacks may be defined there as on the source. */
  readonly definePools: boolean;
  /** Block devices, by their path at the source, of which an operator says that both hosts have the same. */
  readonly sharedDevices: readonly string[];
  /**
   * Elements of the domain, by path or by path and value (`devices/rng/backend=/dev/hwrng`), of which an operator says that they
   * are right on the target though Ferry cannot tell.
   */
  readonly accept: readonly string[];
  /** Where the guest is asked from outside whether it answers: `tcp:10.0.0.5:22`; null: nowhere. */
  readonly probe: string | null;
  /** Cold: what is done where the target cannot start it. */
  readonly startFailure: 'go-back' | 'wait';
  /** Live: announce the guest once more after the switch-over, by the hypervisor's own means. */
  readonly announce: boolean;
  /**
   * Live: whether the guest may run on the target before all of its memory is there, and what is done when that memory is
   * then lost: a person is asked, or it is started anew from its disks.
   */
  readonly postCopy: PostCopyPolicy;
  /** Live: whether Ferry leads the phases also where all disks are shared, and the hosts could do it among themselves. */
  readonly coordinated: boolean;
  /**
   * Live: it begins in the quietest hour of its guest's day that begins before this time, UTC ISO 8601; null: at once. Not set
   * in logs of versions that knew no such thing.
   */
  readonly quietBefore?: string | null;
  /** Live: whether memory and disks are encrypted on their way from host to host. */
  readonly encryption: EncryptionWish;
  /** Cold: whether the bulk is to be copied while the guest runs. */
  readonly warm: boolean;
  /** Cold: how long the guest may take to power off by itself. */
  readonly shutdownTimeoutMs: number;
}

/** Options of a move that a policy can say, too. */
export const optionsOfPolicies = [
  'bandwidthBytesPerSecond',
  'maxDowntimeMs',
  'postCopy',
  'encryption',
] as const;

/** A move that somebody asks for. */
export interface MoveRequest extends MoveOptions {
  /** Which of the options that policies can say its caller has said: those win over policies. */
  readonly said: readonly (typeof optionsOfPolicies)[number][];
  readonly kind: MigrationKind;
  /** Host by name or id; null lets Ferry choose. */
  readonly host: string | null;
  /** Cold: whether the source keeps all of it until a person confirms or reverts. */
  readonly hold: boolean;
  /** Cold and held: what the instance is to have of its host from then on; null: what it has. */
  readonly resizeTo: FlavorSnapshot | null;
}
