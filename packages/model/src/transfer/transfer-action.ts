import type { Outcome } from '../migration/transfer-outcome.ts';

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
