import type { VolumePlace } from '@ferry/model';
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
