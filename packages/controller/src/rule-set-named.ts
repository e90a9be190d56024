import { type RuleSet, ruleSets } from '@ferry/model';
import { StartError } from './start-error.ts';

/** A set of numbers for live transfers by its name; null: none. Throws StartError for one that there is not. */
export function ruleSetNamed(name: string | null): RuleSet | null {
  if (name === null) return null;
  const found = ruleSets.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = ruleSets.map((one) => one.name).join(', ');
  throw new StartError(
    'bad-setting',
    `There are no rules "${name}" for live transfers; there are: ${known}.`,
  );
}
