import { randomUUID } from 'node:crypto';
import type { Plain } from '@ferry/workflow';
import { decisionObstacle, type Migration, whyTakesNone } from '@ferry/model';
import type { Decision } from '../../../store/migrations/held-migration-store.ts';
import type { RequestContext } from '../../../store/operations/action-store.ts';
import { type InspectedTarget, readInspectedTarget } from '../../facts/inspected-target.ts';
import { type MoveInput, readMoveInput } from '../../context/move-input.ts';
import { withStepNamesOfNow } from '../../context/with-step-names-of-now.ts';
import type { SeenPower } from '../steps/see-power.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { Services } from '../../engine/services.ts';

/** A decision that was accepted, and the operation that carries it out. */
interface SubmittedDecision {
  readonly migration: Migration;
  readonly operationId: string;
}

/** Accepts that a held migration is confirmed or reverted, or refuses it. */
export async function submitDecision(
  services: Services,
  id: string,
  decision: Decision,
  asked?: RequestContext,
): Promise<SubmittedDecision> {
  const migration = await services.store.migrations.byId(id);
  if (migration === null) throw new Refusal('migration-not-found', `There is no migration "${id}".`);
  const obstacle = decisionObstacle(migration, decision);
  if (obstacle !== null) throw new Refusal('migration-not-held', obstacle);
  if (decision === 'revert') await requireSourceTakes(services, migration);
  const operation = {
    id: randomUUID(),
    workflow: decision === 'confirm' ? 'confirm-migration' : 'revert-migration',
    input: await inputOf(services, id),
    ...(asked === undefined ? {} : { asked }),
  };
  const result = await services.store.heldMigrations.decide(id, decision, operation);
  if (!result.decided) {
    const now = decisionObstacle(result.migration ?? migration, decision);
    throw new Refusal('migration-not-held', now ?? 'It changed while it was looked at; ask again.');
  }
  return { migration: result.migration, operationId: operation.id };
}

/** To go back is to come to a host, too: one in maintenance takes nobody. */
async function requireSourceTakes(
  { store }: Services,
  { sourceHostId, instanceName }: Migration,
): Promise<void> {
  const source = await store.hosts.byId(sourceHostId);
  if (source === null || source.maintenance === null) return;
  throw new Refusal(
    'checks-failed',
    `${instanceName} cannot go back to ${source.name}: ${whyTakesNone(source)}. End its maintenance first (\`ferry host maintenance ${source.name} off\`), or confirm the move.`,
  );
}

async function inputOf({ store }: Services, id: string): Promise<DecisionInput> {
  const operation = await store.operations.byId(id);
  if (operation === null) throw new Error(`migration ${id} has no operation`);
  const records = withStepNamesOfNow(await store.operations.read(id));
  const outputOf = (step: string): Plain | undefined =>
    records.reduce<Plain | undefined>(
      (last, { entry }) => (entry.kind === 'step-succeeded' && entry.step === step ? entry.output : last),
      undefined,
    );
  // Written by the move's own steps; of one that was begun by a former version not all of them.
  const looked = outputOf('inspect-target');
  const seen = outputOf('see-power') as SeenPower | undefined;
  if (looked === undefined) throw new Error(`migration ${id} has not looked at its target`);
  const input = readMoveInput(operation.input);
  return readDecisionInput({ ...input, power: seen?.power ?? input.power, looked });
}

/** What a decision on a held migration works from: the move as it was, and what it found on the target before it came. */
export interface DecisionInput extends MoveInput {
  readonly looked: InspectedTarget;
}

/** The input that a decision's log has, also one that a former version wrote. */
export function readDecisionInput(stored: unknown): DecisionInput {
  const { looked } = stored as { readonly looked: Plain };
  return { ...readMoveInput(stored), looked: readInspectedTarget(looked) as unknown as InspectedTarget };
}
