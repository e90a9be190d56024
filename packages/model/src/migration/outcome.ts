import type { Expected, Outcome } from './transfer-outcome.ts';
import { outcomeRules, type OutcomeRule } from './outcome-rules.ts';
import type { Sighting } from './sighting.ts';

/** The decision rule: the first row that fits. */
export function outcome(source: Sighting, target: Sighting, expected: Expected): Outcome {
  return outcomeRule(source, target, expected).judge(source, target);
}

/** The row that decides. The last one always fits. */
export function outcomeRule(source: Sighting, target: Sighting, expected: Expected): OutcomeRule {
  const found = outcomeRules.find((rule) => rule.fits(source, target, expected));
  if (found === undefined) throw new Error('the last rule fits everything');
  return found;
}
