/** One snapshot or checkpoint as its host describes it. */
export interface DomainRecord {
  readonly name: string;
  readonly xml: string;
  /** Of snapshots: the one that the domain stands on now. */
  readonly current: boolean;
}

/** What libvirt keeps of a domain beside its definition: descriptions, each behind the one that it was made on. */
export interface DomainRecords {
  readonly snapshots: readonly DomainRecord[];
  readonly checkpoints: readonly DomainRecord[];
}
