import {
  type MoveContext,
  setPhase,
  setStatus,
  sourceOf,
  throwIfAbortRequested,
} from '../../context/move-context.ts';
import { stands } from '@ferry/model';
import { StepError } from '../../engine/step-error.ts';
import { preventStart, allowStart } from '../../move/prevent-start.ts';
import { powerBefore, type PowerSeen, requireNothingToLose } from './see-power.ts';
import { undoRight } from '../../context/undo-right.ts';

/** Powers the instance off: asks the guest, and after the time that the caller gave it ends it. */
export async function powerOff(
  context: PowerSeen,
): Promise<{ how: 'by-guest' | 'forced' | 'was-off'; beganAt: string; held: 'prevented' | 'not-possible' }> {
  const { instanceId, instanceName, options, power, source } = context.input;
  await throwIfAbortRequested(context);
  // Before it is off: there is no moment in which somebody could start it.
  const held = await preventStart(context);
  await requireNothingToLose(context);
  const now = await powerNow(context);
  if (power === 'shutoff' && now !== 'shutoff')
    throw new StepError(
      'guest-started',
      `${instanceName} was off when the move was accepted, and is ${now} on ${source.name} now.`,
    );
  // A guest that stands still hears nobody ask; one that somebody has let run on since does.
  const shutdownTimeoutMs = now === 'running' ? options.shutdownTimeoutMs : 0;
  await setPhase(
    context,
    `power off on ${source.name} (the guest has ${shutdownTimeoutMs} ms to do it itself)`,
  );
  const beganAt = new Date().toISOString();
  const how = await sourceOf(context).domains.ensureShutOff(instanceId, shutdownTimeoutMs, {
    signal: context.signal,
  });
  await context.services.store.migrations.setPower(context.input.migrationId, 'shutoff');
  return { how, beganAt, held };
}

/** As it is at this moment: people start, pause and resume what a move was accepted for. */
async function powerNow(context: MoveContext): Promise<string> {
  const { instanceId, source } = context.input;
  const here = await sourceOf(context).domains.observe(instanceId, { signal: context.signal });
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  return here.kind === 'present' ? here.state : 'shutoff';
}

/** Starts it again where it was, when it ran before; one that stood still stands still again. */
export async function powerBackOn(context: PowerSeen): Promise<void> {
  const { instanceId, source } = context.input;
  const power = powerBefore(context);
  if (!(await undoRight(context)).atSource) return;
  await allowStart(context);
  if (!stands(power)) return;
  await setPhase(context, `start it again on ${source.name}`);
  const how = { paused: power === 'paused' };
  await sourceOf(context).domains.ensureStarted(instanceId, { signal: context.signal }, how);
  await context.services.store.migrations.setPower(context.input.migrationId, power);
}

/** The first thing a cold migration says. */
export async function beginCold(context: MoveContext): Promise<void> {
  await setStatus(context, 'pre-migrating', 'prepare source and target');
  await throwIfAbortRequested(context);
}
