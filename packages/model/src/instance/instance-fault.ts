/** What is wrong with where an instance is. */
type InstanceFaultKind = 'vanished' | 'unreachable' | 'untold' | 'two-copies' | 'stale-copy' | 'claimed';

/** Something that hosts show of an instance and that a person has to know, or to decide. */
export interface InstanceFault {
  readonly kind: InstanceFaultKind;
  /** What each host shows, by name. */
  readonly message: string;
  readonly remedy: string;
  /** When it was found first, UTC ISO 8601. Not set in faults of earlier versions. */
  readonly since?: string;
  /** Hosts that have a copy of it that is in question. */
  readonly hostIds: readonly string[];
  /** Of several that ran, the one that is known to have run without a gap. */
  readonly withoutGap: string | null;
  /** The host whose copy a person has chosen; the others are ended as soon as their hosts allow it. */
  readonly keep: string | null;
}

/** Whether nothing may be done to the instance before it is settled: a move could take the wrong copy. */
export function forbidsMoves(fault: InstanceFault | null): boolean {
  return fault !== null && (fault.kind === 'two-copies' || fault.kind === 'untold');
}

/** Whether two looks found the same trouble, so that it need not be told again. */
export function isSameFault(one: InstanceFault | null, other: InstanceFault | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.kind !== other.kind || one.hostIds.join() !== other.hostIds.join()) return false;
  // Copies that were paused show something else than when they were found; it is the same trouble.
  return one.kind === 'two-copies' || one.message === other.message;
}
