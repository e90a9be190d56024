import type { OverlayObstacle, VolumePlace } from '@ferry/model';
import type { Call } from './call.ts';

/** A disk that a domain is to be given. */
export interface NewDisk {
  /** The guest's name of it: `vdb`. */
  readonly target: string;
  /** What it is known by from then on, to Ferry and to the guest (its serial number): the volume's id. */
  readonly serial: string;
  readonly place: VolumePlace;
  readonly format: string;
  readonly shareable: boolean;
}

/** A disk that a domain has. */
export interface DomainDisk {
  readonly target: string;
  /** Null where its definition tells none. */
  readonly serial: string | null;
  /** The life that runs now has it. */
  readonly live: boolean;
  /** The next start has it. */
  readonly defined: boolean;
}

/** What became of taking a disk away: the guest may keep it. */
export type Detached = { readonly kind: 'gone' } | { readonly kind: 'kept'; readonly why: string };

/** Which disk of a domain is meant: of one that Ferry gave, another that has its name by now is not. */
export interface MeantDisk {
  readonly target: string;
  /** Null: whichever has the name. */
  readonly serial: string | null;
}

/** The disks of one host's domains, as they come and go while the domains are there. */
export interface HostDisks {
  /** Of its life and of its next start. Throws `no-domain`. */
  of(id: string, call?: Call): Promise<readonly DomainDisk[]>;
  /**
   * Gives a domain a disk, in its life and at its next start, as far as it has them. Throws `exists` where another disk has
   * that name.
   */
  ensureAttached(id: string, disk: NewDisk, call?: Call): Promise<void>;
  /**
   * Takes a disk away: from a guest that runs only as it lets go of it, for which it has so long and is asked again and
   * again, and then from its next start. One that the guest keeps stays in both. Absent is fine.
   */
  ensureDetached(id: string, disk: MeantDisk, waitMs: number, call?: Call): Promise<Detached>;
}

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
  /** What tells a life of a domain from the next on the same host; null while it is off. */
  life(domainId: string, call?: Call): Promise<string | null>;
  /** Whether nothing was ever written to an overlay that no domain writes to now; true also where there is none. */
  holdsNothing(path: string, call?: Call): Promise<boolean>;
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
