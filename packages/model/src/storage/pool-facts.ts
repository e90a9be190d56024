/** A secret of the hypervisor that a disk names: by its uuid, or by what it is used for. */
export interface SecretRef {
  /** libvirt's word: `iscsi`, `ceph`, `volume`. */
  readonly usageType: string;
  /** One of both is null. */
  readonly uuid: string | null;
  readonly usage: string | null;
}

/** A secret as its host has it. Its value is never part of any facts. */
export interface SecretFacts {
  readonly uuid: string;
  readonly usageType: string;
  readonly usage: string;
  /** A private one is told to nobody, not even to an administrator. */
  readonly isPrivate: boolean;
  /** False: it is defined, and nobody has given it a value. Null: its host does not say, as of a private one. */
  readonly hasValue: boolean | null;
}

/** A secret that disks name, on both hosts. */
export interface SecretComparison {
  readonly ref: SecretRef;
  /** The guest's names of the disks that need it. */
  readonly disks: readonly string[];
  /** Null where a host did not say. */
  readonly atSource: SecretFacts | 'absent' | null;
  readonly onTarget: SecretFacts | 'absent' | null;
  /** Whether both have the same value; null where one of them has none to compare. */
  readonly sameValue: boolean | null;
}

/** A storage pool as its host has it. */
export interface PoolFacts {
  /** libvirt's word: `dir`, `netfs`, `logical`, `iscsi-direct`. */
  readonly type: string;
  readonly active: boolean;
  /** Where its volumes are plain files; null for other kinds. */
  readonly directory: string | null;
  /** What it is made of, in one text that is the same wherever that is the same; empty for a plain directory. */
  readonly source: string;
  /** Secrets that it takes to start it. */
  readonly secrets: readonly SecretRef[];
}

/** A pool that the guest names disks by, on both hosts. */
export interface PoolComparison {
  /** Its name at the source, and at the target: another one where it is mapped. */
  readonly name: string;
  readonly targetName: string;
  /** Null where a host did not say. */
  readonly atSource: PoolFacts | 'absent' | null;
  readonly onTarget: PoolFacts | 'absent' | null;
}
