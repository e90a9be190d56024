import { elementsThatStay } from '../check/domain-elements.ts';
import { extrasThatStay } from '../check/extras-carried.ts';
import { hostDevicesThatStay } from '../check/host-devices.ts';
import type { DomainDescriptions } from '../domain-elements/domain-element.ts';
import { type ElementQuestion, elementQuestions } from '../domain-elements/element-questions.ts';
import type { DomainFacts } from '../instance/domain-facts.ts';
import type { MigrationKind } from '../migration/migration.ts';

/** What the checks of one kind of move would say of a guest by its definition alone, whatever its target. */
interface MoveAsks {
  /** Why no host can be given it so, with what to do about it, in their words; empty: some can. */
  readonly refusals: readonly { readonly because: string; readonly remedy: string }[];
  /** What its target must have, as far as that is kept of hosts. */
  readonly questions: readonly ElementQuestion[];
}

/** What the checks ask of a guest and of its target, worked out when its definition is read. */
export interface GuestAsks {
  readonly live: MoveAsks;
  readonly cold: MoveAsks;
}

/** Of most guests nothing: those share this. */
export const asksNothing: GuestAsks = {
  live: { refusals: [], questions: [] },
  cold: { refusals: [], questions: [] },
};

/** What a plan holds hosts against. Files are compared, and devices tried, when the guest moves. */
const kept: ReadonlySet<ElementQuestion['comparer']> = new Set([
  'cpus',
  'numa-nodes',
  'hugepages',
  'security-model',
  'launch-security',
  'node-device',
  'same-directory',
]);

export function guestAsks(domain: DomainFacts, descriptions: DomainDescriptions): GuestAsks {
  const of = (kind: MigrationKind): MoveAsks => ({
    refusals: [
      ...(kind === 'live-migration' ? hostDevicesThatStay(domain) : []),
      ...extrasThatStay(domain.name, domain, { kind, warm: false }),
      ...elementsThatStay(domain.name, descriptions, kind),
    ]
      .filter(({ severity }) => severity === 'error')
      .map(({ message, remedy }) => ({ because: message, remedy })),
    questions: elementQuestions(descriptions, kind).filter(({ comparer }) => kept.has(comparer)),
  });
  return { live: of('live-migration'), cold: of('cold-migration') };
}
