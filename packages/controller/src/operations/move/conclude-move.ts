import {
  type Migration,
  type MigrationKind,
  type MigrationResult,
  type MigrationStatus,
  type PowerState,
  stands,
  type VmState,
  vmStateOf,
} from '@ferry/model';
import type { Failure, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { concludeForecast } from '../forecast/migration-forecast.ts';
import { migrationResult, type MoveOutputs } from './migration-result.ts';
import type { MoveInput } from '../context/move-input.ts';
import { remedyOf } from '../engine/step-error.ts';
import type { Conclusion } from '../engine/conclude.ts';

/** What a move is called that came to its end. */
const endedWell: Readonly<Record<MigrationKind, MigrationStatus>> = {
  'live-migration': 'completed',
  'cold-migration': 'confirmed',
  evacuation: 'done',
  rehearsal: 'completed',
};

/** Writes down how a move came to rest, for those who look at the migration and the instance. Doing it twice changes nothing. */
export async function concludeMove(
  store: Store,
  id: string,
  input: MoveInput,
  result: RunResult<MoveOutputs>,
): Promise<Conclusion> {
  const migration = await store.migrations.byId(id);
  if (migration === null) return 'over';
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done':
      await finishMoved(store, migration, asSeen(input, result.output), result.output);
      await concludeForecast(
        store,
        id,
        'moved',
        result.output.transfer?.progress ?? null,
        result.output['prove-connectivity']?.longestGapMs ?? null,
      );
      await store.operations.close(id, 'done');
      return 'over';
    case 'undone':
      await finishFailed(store, migration, input, result.failure, null);
      await concludeForecast(store, id, endOf(result.failure), null);
      await store.operations.close(id, 'failed');
      return 'over';
    case 'undo-blocked':
      // The instance is whole at its source and free again; what is left on the target is tried again and again.
      await finishFailed(store, migration, input, result.because, result.failure);
      await concludeForecast(store, id, endOf(result.because), null);
      return 'waits';
    case 'blocked':
      await store.migrations.setPhase(id, blockedPhase(result.failure));
      return 'waits';
  }
}

/** Of a cold one: what its guest was right before it was powered off is what it is again; of a live one, what its owner has it do. */
function asSeen(input: MoveInput, output: MoveOutputs): MoveInput {
  const seen = output['see-power'];
  const standsStill = output.transfer?.standsStill;
  if (seen !== undefined) return { ...input, power: seen.power };
  if (standsStill === undefined || standsStill === (input.power === 'paused')) return input;
  return { ...input, power: standsStill ? 'paused' : 'running' };
}

async function finishMoved(
  store: Store,
  migration: Migration,
  input: MoveInput,
  output: MoveOutputs,
): Promise<void> {
  const result = migrationResult(migration, output);
  const { wentBack } = output['restore-power'] ?? {};
  if (wentBack !== undefined) return finishReturned(store, migration, input, wentBack);
  if (input.hold === true) {
    const staysOff = !stands(input.power);
    await store.heldMigrations.hold(migration.id, {
      phase: `${movedPhase(result, input, false)}; confirm or revert it`,
      result,
      powerState: powerAfter(migration, input).powerState,
      memoryBytesAtSource: staysOff ? 0 : (input.resize?.from.memoryBytes ?? (await memoryOf(store, input))),
    });
    return;
  }
  if (migration.kind === 'cold-migration' && migration.finishedAt === null) {
    await store.migrations.advance(migration.id, 'finished', 'moved');
  }
  await store.migrations.finish(migration.id, {
    status: endedWell[migration.kind],
    phase: movedPhase(result, input, output.transfer?.memoryLost === true),
    result,
    error: null,
    power: powerAfter(migration, input),
  });
}

const endOf = ({ code }: Failure): 'aborted' | 'failed' => (code === 'aborted' ? 'aborted' : 'failed');

/** As before; a crashed one that was ended for a cold move is off. */
function powerAfter({ kind }: Migration, { power }: MoveInput): { powerState: PowerState; vmState: VmState } {
  const powerState = kind === 'cold-migration' && power === 'crashed' ? 'shutoff' : power;
  return { powerState, vmState: vmStateOf(powerState) };
}

/** It could not start at the target, and is where it was: no other end than of a move that was taken back before. */
async function finishReturned(
  store: Store,
  migration: Migration,
  { source, target, power, instanceName }: MoveInput,
  because: string,
): Promise<void> {
  const message = `${target.name} could not start ${instanceName}: ${because}`;
  const remedy = `Mend what ${target.name} says, or choose another host, then try again; it is at ${source.name} as it was.`;
  await store.migrations.finish(migration.id, {
    status: migration.abortRequested ? 'cancelled' : 'error',
    phase: `the instance is at ${source.name}`,
    result: null,
    error: { code: 'not-started', message, remedy },
    power: { powerState: power, vmState: vmStateOf(power) },
  });
}

async function memoryOf(store: Store, { instanceId }: MoveInput): Promise<number> {
  return (await store.instances.byId(instanceId))?.memoryBytes ?? 0;
}

/** `left`: why its clean-up waits; null when nothing is left. */
async function finishFailed(
  store: Store,
  migration: Migration,
  { source, target }: MoveInput,
  failure: Failure,
  left: Failure | null,
): Promise<void> {
  const aborted = failure.code === 'aborted';
  const failed: MigrationStatus = migration.kind === 'cold-migration' ? 'error' : 'failed';
  const more = left === null ? '' : ` Clean-up on ${target.name} is not done yet: ${left.message}`;
  const message = failure.message + more;
  const waits = left === null ? '' : `; clean-up on ${target.name} waits: ${left.message}`;
  const phase = `the instance is at ${source.name}${waits}`;
  await store.migrations.finish(migration.id, {
    status: aborted ? 'cancelled' : failed,
    phase,
    result: null,
    error: { code: failure.code, message, remedy: remedyOf(failure) },
    power: null,
  });
  // One that had ended before is as it was: what it waits for now, or that it is over, is said all the same.
  await store.migrations.sayCleanUp(migration.id, phase, message);
}

/** A guest that does not answer has moved all the same: that is said as loudly as can be, and nothing is undone. */
function movedPhase(
  { guestSeenAlive, connectivity }: MigrationResult,
  { power, target }: MoveInput,
  memoryLost: boolean,
): string {
  if (memoryLost)
    return `moved; WARNING: a fault in post-copy lost its memory, and it was started anew from its disks on ${target.name}`;
  if (connectivity !== null && !connectivity.answeredAfter && power === 'running')
    return `moved; WARNING: no answer from ${connectivity.address} since it runs on ${target.name}`;
  return guestSeenAlive === null && power === 'running' ? 'moved; the guest was not seen alive' : 'moved';
}

function blockedPhase(failure: Failure): string {
  return `blocked: ${failure.message} -> ${remedyOf(failure)}`;
}
