import type { Outcome } from '../migration/transfer-outcome.ts';
import type { TransferProgress } from '../migration/transfer-progress.ts';
import type { PostCopyPolicy } from '../strategy/post-copy-policy.ts';
import type { ControlRules } from './control/control-rules.ts';

/** What is to be done about a live transfer. All can be done again without harm. */
export type TransferAction =
  /** Ask for the end of the job; none running is fine. */
  | { readonly kind: 'abort-job' }
  | { readonly kind: 'pause-guest' }
  | { readonly kind: 'start-post-copy' }
  /** Bytes a second; null: no limit. */
  | { readonly kind: 'set-bandwidth'; readonly bytesPerSecond: number | null }
  /** Memory for deltas, bytes, a power of two. */
  | { readonly kind: 'set-compression-cache'; readonly bytes: number }
  /** The limit that the hypervisor compares with, milliseconds. */
  | { readonly kind: 'set-max-downtime'; readonly limitMs: number }
  /** Wait for the call no longer: the hosts show what became of it. */
  | { readonly kind: 'give-up-call'; readonly because: GiveUpReason }
  | { readonly kind: 'resume-on-target' }
  /** Begin a call that goes on with post-copy. */
  | { readonly kind: 'resume-post-copy' }
  /** The memory is lost: run the guest on the target from its disks. */
  | { readonly kind: 'start-anew' }
  /** These end it. */
  | { readonly kind: 'moved'; readonly outcome: Outcome & { readonly kind: 'moved' } }
  | { readonly kind: 'stayed'; readonly outcome: Outcome & { readonly kind: 'stayed' } }
  | { readonly kind: 'ask'; readonly because: string; readonly remedy: string };

/** Why a call is not waited for any longer. */
export type GiveUpReason =
  /** No byte of memory was sent in time. */
  | { readonly kind: 'target-not-ready' }
  /** Both hosts show that post-copy has lost the guest. */
  | { readonly kind: 'guest-lost'; readonly because: string };

/** One look at a live transfer. Times are of a clock that only goes forward, milliseconds. */
export interface TransferSample {
  readonly atMs: number;
  /** `running`: a call that sends the guest has not answered; `over`: there is none, and the hosts show what became of it. */
  readonly call: 'running' | 'over';
  /** Null: the source had nothing to say of the job. */
  readonly progress: TransferProgress | null;
  /** What both hosts show; null when they were not asked. */
  readonly outcome: Outcome | null;
  /** Both hypervisors can resume a post-copy that broke off. */
  readonly canResume: boolean;
  readonly abortRequested: boolean;
  readonly forceRequested: boolean;
  /** How an operator wants it to come to its end now; null or not set: no matter. */
  readonly end?: 'post-copy' | 'pause' | null;
}

/** What was agreed for a transfer, and how long what may last, milliseconds. */
export interface TransferPolicy {
  readonly postCopy: PostCopyPolicy;
  readonly maxDowntimeMs: number | null;
  /** What a pre-copy that does not converge is held to; null: nobody looks whether it does. */
  readonly control: ControlRules | null;
  /** Rules that look at the same and only tell what they would have decided; null: none. */
  readonly shadow: ControlRules | null;
  /** How long nothing may go from host to host before it counts as stalled. */
  readonly stallMs: number;
  /** Longest wait for the first byte of memory of a transfer that is `connecting`. */
  readonly connectMs: number;
  /** How long the hosts are asked where the guest is before a person is. */
  readonly unknownMs: number;
}

/** Where a live transfer stands. Stored with its migration; `describeTransfer` is how people read it. */
export type TransferState =
  | UndisturbedTransfer
  /** Nothing has gone from host to host for a while; the guest is as it was before. */
  | { readonly kind: 'stalled'; readonly from: UndisturbedTransfer }
  /** The target holds all of the guest, paused, and is to be told to run it. */
  | { readonly kind: 'arrived' }
  /** What the hosts show does not tell where the guest runs. */
  | { readonly kind: 'unknown'; readonly because: string; readonly from: UndisturbedTransfer };

/** What it does as long as nothing is in its way. */
export type UndisturbedTransfer =
  /** Peer-to-peer: the target gets ready, and no byte of memory has been sent. */
  | { readonly kind: 'connecting' }
  /** Disks and memory are sent while the guest runs. `weakLink`: why post-copy, which is allowed, is not begun. */
  | { readonly kind: 'precopy'; readonly weakLink: string | null }
  /** An operator wants its end: the guest is paused until the target has it. */
  | { readonly kind: 'forced' }
  /** Its policy wants its end: the guest is paused until the target has it, for so many milliseconds at most. */
  | { readonly kind: 'paused'; readonly maxMs: number }
  /** Its policy ends it; the guest runs on at its source. */
  | { readonly kind: 'ending'; readonly because: string }
  /** The target runs the guest and fetches the rest of its memory. */
  | { readonly kind: 'post-copy'; readonly because: string }
  /** Post-copy broke off, and is resumed for the so-many-eth time. */
  | { readonly kind: 'resuming'; readonly attempt: number };

/** How often a post-copy that broke off is resumed before the guest's memory counts as lost. */
export const maxPostCopyResumes = 5;

/** What it does, whatever is in its way now. */
export function undisturbed(state: TransferState): UndisturbedTransfer {
  switch (state.kind) {
    case 'stalled':
    case 'unknown':
      return state.from;
    case 'arrived':
      return { kind: 'precopy', weakLink: null };
    default:
      return state;
  }
}
