import { type StepContext, workflow, type Outputs } from '@ferry/workflow';
import { sayPhase } from '../../move/move-context.ts';
import { readMoveInput } from '../../move/move-input.ts';
import type { Services } from '../../engine/services.ts';
import { cleanColdSource } from '../steps/clean-cold-source.ts';
import type { DecisionInput } from './decision-input.ts';
import { requireOffAtSource } from './require-off-at-source.ts';

const minute = 60_000;

type Context = StepContext<DecisionInput, Services, Outputs>;

/** It stays at the target: the source lets go of what it has kept. */
export const confirmMigrationWorkflow = workflow<DecisionInput, Services>('confirm-migration', readMoveInput)
  .pivot({
    name: 'begin',
    why: 'somebody may have started what the source keeps: then nothing of it is taken away',
    deadlineMs: minute,
    do: async (context) => {
      await requireOffAtSource(context);
      await sayPhase(context, `confirmed: ${context.input.source.name} lets go of it`);
    },
  })
  .step({ name: 'clean-source', deadlineMs: 10 * minute, do: (context) => cleanColdSource(notWarm(context)) })
  .build();

/** A move that is held is never warm: it left no overlays. */
function notWarm(context: Context): Parameters<typeof cleanColdSource>[0] {
  return { ...context, output: { 'copy-while-running': { rounds: 0, bytes: 0 } } };
}
