import type { MigrationKind } from '../migration/migration.ts';
import type { DomainDescriptions } from './domain-element.ts';
import { elementQuestions } from './element-questions.ts';

const ofFiles: ReadonlySet<string> = new Set(['file', 'file-there', 'directory', 'same-directory']);

/** Files and directories beside the disks that a domain names, and that its target must have: kernels, ROMs, logs, shares. */
export function namedFiles(descriptions: DomainDescriptions, kind: MigrationKind): string[] {
  const named = elementQuestions(descriptions, kind)
    .filter(({ comparer, value }) => ofFiles.has(comparer) && value.startsWith('/'))
    .map(({ value }) => value);
  return [...new Set(named)];
}
