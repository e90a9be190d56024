/** How a domain's description is changed for the host that it comes to. */
export interface DomainAdaptation {
  /** Networks, bridges and devices by their name at the source, where they are named otherwise at the target. */
  readonly networks: Readonly<Record<string, string>>;
  /**
   * Ids of its ports of Open vSwitch that only its life now has, by hardware address: a network gives an interface that
   * names none a new one at each start.
   */
  readonly ports: Readonly<Record<string, string>>;
  /** The filter that stands before all its interfaces; null leaves them as they are. */
  readonly filter: string | null;
  /** Null where its storage is named alike. */
  readonly storage: StorageAdaptation | null;
  /** The address that its screens listen on here, and what it is there; absent or null: they stay as they are. */
  readonly screens?: { readonly from: string; readonly to: string } | null;
  /** What it is to have of its host; absent as it has. */
  readonly size?: { readonly memoryBytes: number; readonly vcpus: number };
}

/** How the names of a domain's storage are changed. */
export interface StorageAdaptation {
  /** Pools by their name at the source. */
  readonly pools: Readonly<Record<string, string>>;
  /** Files and devices by their path at the source. */
  readonly paths: Readonly<Record<string, string>>;
  /** Disks by the guest's name of them, where more than names of theirs is another on the target. */
  readonly disks: Readonly<Record<string, AdaptedDisk>>;
}

/** A disk as it is on the target. */
export interface AdaptedDisk {
  /** What a copied disk is there; null for one that stays. */
  readonly place: { readonly kind: 'file' | 'block'; readonly path: string } | null;
  /** It is named by a pool: while it is sent, and only then, it goes by its path, because libvirt sends no other. */
  readonly byPool: boolean;
  /** What it stands on, nearest first, where its file names that by paths of the source; null where the file is right. */
  readonly backing: readonly { readonly path: string; readonly format: string }[] | null;
}
