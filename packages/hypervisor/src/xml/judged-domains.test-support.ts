import { namedElements } from '@ferry/model';
import { readDomainElements } from './domain-elements-xml.ts';

/**
 * What the table makes of a domain: `refused`, `word` where an operator has to say it, `asks …` where the target is looked at
 * for it, by what comes first; `ok` where nothing stands in the way.
 */
export function domainElementsCheckFor(xml: string, kind: 'live-migration' | 'cold-migration'): string {
  const domain = readDomainElements(xml);
  const named = namedElements({ live: domain, next: domain }, kind).filter(({ isPart }) => !isPart);
  const stops = named.filter(
    ({ verdict }) =>
      (verdict?.kind === 'never' || verdict?.kind === 'cold-only') && verdict.saidBy === undefined,
  );
  if (stops.length > 0) return 'refused';
  const open = named.filter(
    ({ verdict, question }) => verdict === null || (verdict.kind === 'on-target' && question === null),
  );
  if (open.length > 0) return 'word';
  const [question] = named.flatMap((one) => one.question ?? []);
  return question === undefined ? 'ok' : `asks ${question.comparer}`;
}
