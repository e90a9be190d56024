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
