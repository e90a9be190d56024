import { NeedsPerson, type Outputs, type StepContext, workflow } from '@ferry/workflow';
import { type MoveContext, setPhase, sourceOf } from '../../context/move-context.ts';
import type { Services } from '../../engine/services.ts';
import { cleanColdSource } from '../steps/clean-cold-source.ts';
import { type DecisionInput, readDecisionInput } from './held-decision.ts';
import { describeSighting } from '@ferry/model';

const minute = 60_000;

type Context = StepContext<DecisionInput, Services, Outputs>;

/** It stays at the target: the source lets go of what it has kept. */
export const confirmMigrationWorkflow = workflow<DecisionInput, Services>(
  'confirm-migration',
  readDecisionInput,
)
  .pivot({
    name: 'begin',
    why: 'somebody may have started what the source keeps: then nothing of it is taken away',
    deadlineMs: minute,
    do: async (context) => {
      await requireOffAtSource(context);
      await setPhase(context, `confirmed: ${context.input.source.name} lets go of it`);
    },
  })
  .step({ name: 'clean-source', deadlineMs: 10 * minute, do: (context) => cleanColdSource(notWarm(context)) })
  .build();

/** A move that is held is never warm: it left no overlays. */
function notWarm(context: Context): Parameters<typeof cleanColdSource>[0] {
  return { ...context, output: { 'copy-while-running': { rounds: 0, bytes: 0 } } };
}

/** Sees that what the source keeps is off, or gone. Throws NeedsPerson where it runs, and asks again where it is silent. */
async function requireOffAtSource(context: MoveContext): Promise<'off' | 'absent'> {
  const { instanceId, instanceName, source, target } = context.input;
  const sighting = await sourceOf(context).domains.observe(instanceId, {
    signal: context.signal,
    deadlineMs: context.services.limits.inspectMs,
  });
  if (sighting.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${sighting.reason}`);
  if (sighting.kind === 'absent') return 'absent';
  if (sighting.state === 'shutoff') return 'off';
  throw new NeedsPerson(
    `${source.name} shows ${instanceName} ${describeSighting(sighting)}, and it belongs to ${target.name}`,
    `Find out who started it on ${source.name}, and shut it down there; Ferry goes on once it is off.`,
  );
}
