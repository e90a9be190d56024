import { readDomainElements } from '@ferry/hypervisor';
import { namedElements } from '@ferry/model';

/** How one guest is judged by its XML alone, without a host. */
export interface GuestVerdict {
  /**
   * `judged`: it can move to a host that has what is compared. `unknown`: something in it takes an operator's word. `refused`:
   * it does not move so anywhere.
   */
  readonly verdict: 'judged' | 'unknown' | 'refused' | 'unreadable';
  /** The rows that say so, as `path=value`. */
  readonly rows: readonly string[];
}

/** Judges a guest's XML for one kind of move by the table of elements. Never throws: what cannot be read is a verdict. */
export function judgeGuest(xml: string, kind: 'live-migration' | 'cold-migration'): GuestVerdict {
  try {
    const domain = readDomainElements(xml);
    const named = namedElements({ live: domain, next: domain }, kind).filter(({ isPart }) => !isPart);
    const told = (found: typeof named): string[] =>
      found.map(({ path, value, row }) =>
        row === null ? `${path} (no row)` : `${path}=${value.slice(0, 60)}`,
      );
    const refused = named.filter(({ verdict }) => verdict?.kind === 'never' || verdict?.kind === 'cold-only');
    if (refused.length > 0) return { verdict: 'refused', rows: told(refused) };
    const open = named.filter(
      ({ verdict }) => verdict === null || (verdict.kind === 'on-target' && verdict.comparer === 'word'),
    );
    if (open.length > 0) return { verdict: 'unknown', rows: told(open) };
    return { verdict: 'judged', rows: told(named.filter(({ question }) => question !== null)) };
  } catch (error) {
    return { verdict: 'unreadable', rows: [error instanceof Error ? error.message : String(error)] };
  }
}
