import type { OverlayObstacle } from '@ferry/model';
import type { Call } from './call.ts';

/** An overlay to be put onto a disk. Paths are the host's. */
export interface OverlayOrder {
  /** The guest's name of the disk. */
  readonly disk: string;
  /** Where the overlay is made. */
  readonly path: string;
  /** What the disk stands on now, and is not written to any more once the overlay stands. */
  readonly below: string;
}

/** Overlays to be merged back into the image that the first of them was put onto. */
export interface MergeOrder {
  readonly disk: string;
  /** The image that the disk stands on in the end. */
  readonly base: string;
  /** Where overlays of it may be: all of them are gone afterwards. */
  readonly overlays: readonly string[];
}

/**
 * Overlays that disks have for a while, so that what is below them stands still. They are part of the definition, and are
 * no snapshots to libvirt: it keeps no record of them.
 */
export interface HostOverlays {
  /** What keeps disks of a domain from having one. */
  obstacles(domainId: string, call?: Call): Promise<readonly OverlayObstacle[]>;
  /** The image that each disk stands on now, by the guest's name of it: what is written to while the guest runs. */
  tops(domainId: string, call?: Call): Promise<ReadonlyMap<string, string>>;
  /**
   * Puts an overlay onto each of these disks of a domain that runs, all at the same moment; there already is fine. Throws
   * `wrong-state` for a domain that does not run, and where a disk stands on something else.
   */
  ensureOverlays(domainId: string, orders: readonly OverlayOrder[], call?: Call): Promise<void>;
  /**
   * Merges overlays back, of a domain that runs as well as of one that is off, and removes their files; it stays what it is,
   * and may run on meanwhile. None there is fine. Throws `wrong-state` where a disk stands on something else.
   */
  ensureMerged(domainId: string, orders: readonly MergeOrder[], call?: Call): Promise<void>;
}
