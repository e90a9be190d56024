import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { coldMigrateWorkflow } from './cold-migrate/workflow.ts';
import { liveMigrateWorkflow } from './live-migrate/workflow.ts';
import { rehearseWorkflow } from './rehearse/workflow.ts';

interface DocumentedStep {
  readonly name: string;
  readonly role: 'before' | 'pivot' | 'after';
  readonly undoable: boolean;
}

/** The steps in the table below a heading: `| name, name | does | undo |`, the pivot in bold. */
function documentedSteps(heading: string): DocumentedStep[] {
  const document = readFileSync(join(import.meta.dirname, '../../../../docs/design.md'), 'utf8');
  const section = document.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const rows = Array.from(
    section.matchAll(/^\| ([^|]*) \| [^|]* \| ([^|]*)\|$/gm),
    ([, names = '', undo = '']) => ({
      names,
      undo: undo.trim(),
    }),
  ).filter(({ names }) => names !== 'step');
  const pivot = rows.findIndex(({ names }) => names.startsWith('**'));
  return rows.flatMap(({ names, undo }, index) =>
    names.split(', ').map((name) => ({
      name: name.replace(/^\*\*(.*)\*\* \(pivot\)$/, '$1'),
      role: index === pivot ? ('pivot' as const) : index < pivot ? ('before' as const) : ('after' as const),
      undoable: index < pivot && undo !== '',
    })),
  );
}

test.each([
  ['One live migration', liveMigrateWorkflow],
  ['One cold migration', coldMigrateWorkflow],
  ['One rehearsal', rehearseWorkflow],
])('%s: the steps of docs/design.md are those of the workflow, in their order', (heading, { plan }) => {
  expect(documentedSteps(heading)).toEqual(
    plan.steps.map(({ name, role, undoable }) => ({ name, role, undoable })),
  );
});
