/** Where an instance is after a live migration, judged from what both hosts show and from nothing else. */
export type Outcome =
  /** The target owns it. What is left on the source may be taken away: it does not run. */
  | {
      readonly kind: 'moved';
      readonly guest: 'runs' | 'paused' | 'off';
      /** Its memory was lost, and it was started from its disks. */
      readonly startedAnew?: boolean;
      readonly because: string;
    }
  /** Both hold all of it and neither runs it: the target is to be told to run it, or, if it cannot, the source to run on. */
  | { readonly kind: 'arrived'; readonly because: string }
  /** The source owns it. `needs-resume`: it stands paused for ever unless it is told to run on. */
  | {
      readonly kind: 'stayed';
      readonly guest: 'runs' | 'paused' | 'needs-resume' | 'off';
      readonly because: string;
    }
  /**
   * Post-copy broke off: neither side can run it on. `resumable`: its memory is whole, on both hosts together; else it is
   * gone, and only what is on its disks is left.
   */
  | {
      readonly kind: 'lost';
      readonly resumable: boolean;
      readonly because: string;
      readonly remedy: string;
    }
  /** The hypervisors are still at it: look again later. */
  | { readonly kind: 'running'; readonly because: string }
  /** It cannot be told. Nothing may be resumed, ended or undone until a side shows more or a person decides. */
  | { readonly kind: 'unknown'; readonly because: string; readonly remedy: string };

/** What is known of a migration beside what the hosts show. */
export interface Expected {
  /** The target holds the guest paused when it has all of it, and Ferry alone tells it to run. */
  readonly arrivesPaused: boolean;
  /** It stood still when the transfer began, as its owner wanted. Not set: it ran. */
  readonly stoodStill?: boolean;
  /** The source had a definition: it is gone only when the migration was confirmed. */
  readonly persistent: boolean;
}
