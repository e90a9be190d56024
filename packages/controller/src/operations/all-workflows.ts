import { coldMigrateWorkflow } from './cold-migrate/workflow.ts';
import { concludeMove } from './conclude-move.ts';
import { type KnownWorkflow, knownWorkflow } from './known-workflow.ts';
import { liveMigrateWorkflow } from './live-migrate/workflow.ts';
import { concludePower } from './power/conclude-power.ts';
import { powerWorkflow } from './power/workflow.ts';

/** Every workflow that an operation can be of, by the name that stands in its row. */
export const allWorkflows: ReadonlyMap<string, KnownWorkflow> = new Map(
  [
    knownWorkflow(liveMigrateWorkflow, concludeMove),
    knownWorkflow(coldMigrateWorkflow, concludeMove),
    knownWorkflow(powerWorkflow, concludePower),
  ].map((known) => [known.name, known]),
);
