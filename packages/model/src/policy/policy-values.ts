import type { EncryptionWish } from '../strategy/memory-encryption.ts';
import type { PostCopyPolicy } from '../strategy/post-copy-policy.ts';

/** How memory is compressed on its way: not at all, by deltas of pages that are sent again, or all of it. */
export type Compression = 'none' | 'xbzrle' | 'zstd';

/** What is done last about a live migration that does not converge within its downtime budget. */
export type StalledAction = 'wait' | 'post-copy' | 'pause' | 'abort';

/** How a guest is told before it moves: not at all, or by a program of the controller's owner (`ferry serve --notice-hook`). */
export type Notice = 'none' | 'hook';

/** What is done where a guest that was told is not ready, or says nothing in time. */
export type UnansweredAction = 'go-on' | 'abort';

/** What a policy can say of moves. Each value is merged on its own; null: no limit, or not used. */
export interface PolicyValues {
  /** Downtime budget: longest pause of the guest at the switch-over, milliseconds; null: QEMU's own, 300 ms. */
  readonly maxDowntimeMs: number | null;
  /** How long a live transfer may take until it is ended by what the policy allows, milliseconds. */
  readonly deadlineMs: number | null;
  /** Bytes a second that a move begins with. */
  readonly bandwidthBytesPerSecond: number | null;
  /** Bytes a second up to which a transfer that does not converge is given more; null: no more than it began with. */
  readonly maxBandwidthBytesPerSecond: number | null;
  /** Bytes a second that the link between the hosts carries when nothing limits it; null: not known. */
  readonly linkBytesPerSecond: number | null;
  /** Connections that memory is sent over at once (QEMU's multifd); null: the one of the migration. */
  readonly parallelConnections: number | null;
  readonly compression: Compression;
  /** By how much the guest's processors are slowed down at first (QEMU's auto-converge); null: never. */
  readonly throttleFirstPercent: number | null;
  /** The most that they are slowed down. */
  readonly throttleMaxPercent: number | null;
  readonly postCopy: PostCopyPolicy;
  /** How long the guest may be paused so that a transfer comes to its end, milliseconds; null: not at all. */
  readonly maxPauseMs: number | null;
  readonly whenStalled: StalledAction;
  readonly notice: Notice;
  /** How long the answer to a notice is waited for, milliseconds. */
  readonly noticeWaitMs: number;
  readonly whenUnanswered: UnansweredAction;
  /** Whether memory and disks are encrypted on their way. */
  readonly encryption: EncryptionWish;
  /** Weight of its share where several moves go over one link, from 1 to 100. */
  readonly priority: number;
}

/** The name of one value. */
export type PolicyKey = keyof PolicyValues;

/** What holds where nobody says anything: a move as libvirt does it unasked. */
export const builtInPolicy: PolicyValues = {
  maxDowntimeMs: null,
  deadlineMs: null,
  bandwidthBytesPerSecond: null,
  maxBandwidthBytesPerSecond: null,
  linkBytesPerSecond: null,
  parallelConnections: null,
  compression: 'none',
  throttleFirstPercent: null,
  throttleMaxPercent: null,
  postCopy: 'never',
  maxPauseMs: null,
  whenStalled: 'wait',
  notice: 'none',
  noticeWaitMs: 60_000,
  whenUnanswered: 'go-on',
  encryption: 'where-possible',
  priority: 10,
};

/** Names of all values. */
export const policyKeys = Object.keys(builtInPolicy) as readonly PolicyKey[];

/** Whose moves a policy is for; `by-name`: those that name it. */
export type PolicyScope = 'default' | 'project' | 'label' | 'instance' | 'by-name';

/** A policy as it is kept. At most one for each subject. */
export interface MovePolicy {
  readonly name: string;
  readonly scope: PolicyScope;
  /** Id of the project or the instance, or the label: a tag, or `key=value` of the metadata; null where there is none. */
  readonly subject: string | null;
  readonly description: string | null;
  readonly values: Partial<PolicyValues>;
  readonly updatedAt: string;
}
