import type { MoveVolumes } from './volumes/move-volumes.ts';
import type { Owner, PostCopyPolicy, PowerState, Resize, TransferPlan } from '@ferry/model';

/** One side of a move. */
export interface Side {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
  readonly peerUri: string;
  /** Where files are copied to without encryption; null: nowhere. */
  readonly trustedCopyAddress: string | null;
}

/** What a move works from: the facts its checks were judged on. It stands in the log, so it is plain data. */
export interface MoveInput {
  readonly migrationId: string;
  readonly instanceId: string;
  readonly instanceName: string;
  readonly source: Side;
  readonly target: Side;
  /** Whom images on the target must belong to; null leaves them to the hypervisor. */
  readonly targetOwner: Owner | null;
  readonly plan: TransferPlan;
  /**
   * Of a transfer that Ferry coordinates: the target holds the guest paused until Ferry tells it to run. Not set in logs
   * of versions that let libvirt start it.
   */
  readonly arrivesPaused?: boolean;
  /** Not set in logs of versions that knew no post-copy. */
  readonly postCopy?: PostCopyPolicy;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** Power state before the move; it is the same after it. */
  readonly power: PowerState;
  readonly bandwidthBytesPerSecond: number | null;
  readonly maxDowntimeMs: number | null;
  readonly shutdownTimeoutMs: number;
  /** The packet filter that stands before its interfaces; null when it has no security groups. */
  readonly filter: string | null;
  /** Networks, bridges and devices by their name at the source, where the target names them otherwise. */
  readonly networks: Readonly<Record<string, string>>;
  /** Ids of its ports of Open vSwitch that a network gave it for its life now, by hardware address. */
  readonly ports: Readonly<Record<string, string>>;
  /** The hypervisor's own networks among them that the guest is plugged into. */
  readonly libvirtNetworks: readonly { readonly name: string; readonly targetName: string }[];
  /** Whether one that the target lacks may be defined there as at the source. */
  readonly defineNetworks: boolean;
  /** What its disks take beside files: pools and secrets. */
  readonly volumes: MoveVolumes;
  /** Where the guest is asked from outside whether it answers; null: nowhere. */
  readonly probe: string | null;
  /** Whether the guest's addresses are announced once more after the switch-over, by the hypervisor's own means. */
  readonly announce: boolean;
  /** The source is kept until a person decides. Not set in logs of versions that knew no holding. */
  readonly hold?: boolean;
  /** Cold: what is done where the target cannot start it. Not set: as in logs of versions before, it goes back. */
  readonly startFailure?: 'go-back' | 'wait';
  /** What changes of its size; null or not set: nothing. */
  readonly resize?: Resize | null;
}
