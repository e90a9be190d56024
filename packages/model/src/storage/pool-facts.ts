import type { SecretRef } from './secret-facts.ts';

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
