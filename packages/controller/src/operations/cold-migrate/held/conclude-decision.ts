import { type Migration, vmStateOf } from '@ferry/model';
import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../../store/store.ts';
import { remedyOf } from '../../engine/step-error.ts';
import type { Conclusion } from '../../engine/conclude.ts';
import { devicesGone } from '../../move/what-stays.ts';
import type { DecisionInput } from './held-decision.ts';
import type { CleanedTarget } from './revert-workflow.ts';

/** Writes down how confirming came to rest. Doing it twice changes nothing. */
export function concludeConfirm(
  store: Store,
  id: string,
  input: DecisionInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  return conclude(store, id, input, result, async (migration) => {
    const power = (await store.instances.byId(input.instanceId))?.powerState ?? input.power;
    await finish(store, migration, 'confirmed', `confirmed at ${input.target.name}`, power);
  });
}

/** Writes down how reverting came to rest. Doing it twice changes nothing. */
export function concludeRevert(
  store: Store,
  id: string,
  input: DecisionInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  return conclude(store, id, input, result, async (migration, output) => {
    const cleaned = (output as { readonly 'clean-target'?: CleanedTarget })['clean-target'];
    const gone = cleaned?.devicesGone ?? [];
    const more = gone.length === 0 ? '' : `; ${devicesGone(input.instanceName, input.target.name, gone)}`;
    await finish(store, migration, 'reverted', `back at ${input.source.name}${more}`, input.power);
  });
}

async function conclude(
  store: Store,
  id: string,
  input: DecisionInput,
  result: RunResult<Outputs>,
  done: (migration: Migration, output: Outputs) => Promise<void>,
): Promise<Conclusion> {
  const migration = await store.migrations.byId(input.migrationId);
  if (migration === null) return 'over';
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done':
      await done(migration, result.output);
      await store.actions.end(id, null);
      await store.operations.close(id, 'done');
      return 'over';
    case 'undone': {
      const { failure } = result;
      await store.heldMigrations.stayHeld(
        migration.id,
        id,
        `not reverted, it is at ${input.target.name}: ${failure.message}`,
        { code: failure.code, message: failure.message, remedy: remedyOf(failure) },
      );
      await store.operations.close(id, 'failed');
      return 'over';
    }
    case 'blocked':
    case 'undo-blocked': {
      const { failure } = result;
      await store.migrations.setPhase(migration.id, `blocked: ${failure.message} -> ${remedyOf(failure)}`);
      return 'waits';
    }
  }
}

async function finish(
  store: Store,
  { id, result }: Migration,
  status: 'confirmed' | 'reverted',
  phase: string,
  powerState: DecisionInput['power'],
): Promise<void> {
  const power = { powerState, vmState: vmStateOf(powerState) };
  await store.migrations.finish(id, { status, phase, result, error: null, power });
}
