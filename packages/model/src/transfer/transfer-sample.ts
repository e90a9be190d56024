import type { Outcome } from '../migration/transfer-outcome.ts';
import type { TransferProgress } from '../migration/transfer-progress.ts';
import type { ControlRules } from './control/control-rules.ts';
import type { PostCopyPolicy } from '../strategy/post-copy-policy.ts';

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
