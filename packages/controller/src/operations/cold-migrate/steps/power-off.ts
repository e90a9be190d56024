import {
  type MoveContext,
  setPhase,
  setStatus,
  sourceOf,
  throwIfAbortRequested,
} from '../../context/move-context.ts';
import { stands } from '@ferry/model';
import { StepError } from '../../engine/step-error.ts';
import {
  ensureDefinedAtSource,
  keepDefinitionOfMove,
  requireFilesToStart,
} from '../../move/defined-at-source.ts';
import { requireAtSource } from '../../move/gone-from-source.ts';
import { lostFilesProblem } from '../../move/lost-files.ts';
import { preventStart, allowStart } from '../../move/prevent-start.ts';
import { powerBefore, type PowerSeen, requireNothingToLose } from './see-power.ts';
import { undoRight } from '../../context/undo-right.ts';
import { requireNothingPassedOver } from '../warm/overlaid-disks.ts';

/** How it went off, and when that began, UTC ISO 8601. */
interface PoweredOff {
  readonly how: 'by-guest' | 'forced' | 'was-off';
  readonly beganAt: string;
  readonly held: 'prevented' | 'not-possible';
}

/** Powers the instance off: asks the guest, and after the time that the caller gave it ends it. */
export async function powerOff(context: PowerSeen): Promise<PoweredOff> {
  const { instanceId, instanceName, options, power, source } = context.input;
  await throwIfAbortRequested(context);
  await requireAtSource(context);
  await requireWhole(context);
  // Of a warm move it names overlays, which are gone when it is taken back.
  if (context.input.plan.warm === null) await keepDefinitionOfMove(context);
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

/**
 * What only its process has any more would end with it: one that somebody has undefined since is no more when it is off, and
 * neither are firmware variables whose file is gone. It runs on. Before it is held, as that would define it again.
 */
async function requireWhole(context: MoveContext): Promise<void> {
  const { instanceId, instanceName, persistent, source } = context.input;
  const here = await sourceOf(context).domains.observe(instanceId, { signal: context.signal });
  if (here.kind !== 'present' || here.state === 'shutoff') return;
  const lost = await lostFilesProblem(context, null);
  const runsOn = `${instanceName} runs on, on ${source.name}`;
  if (lost !== null) throw new StepError('disks-changed', `${runsOn}: ${lost}`);
  if (persistent && !here.persistent)
    throw new StepError(
      'disks-changed',
      `${runsOn}: somebody has undefined it since its move was accepted, and powering it off would be the end of it.`,
    );
}

/** As it is at this moment: people start, pause and resume what a move was accepted for. */
async function powerNow(context: MoveContext): Promise<string> {
  const { instanceId, source } = context.input;
  const here = await sourceOf(context).domains.observe(instanceId, { signal: context.signal });
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  return here.kind === 'present' ? here.state : 'shutoff';
}

/** Starts it again where it was, when it ran before; one that stood still stands still again. */
export async function powerBackOn(
  context: PowerSeen & { readonly own?: PoweredOff | undefined },
): Promise<void> {
  const { instanceId, source } = context.input;
  const power = powerBefore(context);
  if (!(await undoRight(context)).atSource) return;
  const poweredOff = context.own !== undefined;
  if ((await ensureDefinedAtSource(context, { poweredOff })) === 'elsewhere') return;
  await allowStart(context);
  if (!stands(power)) return;
  await requireFilesToStart(context);
  // Started on an image that an overlay stands on, it would make that worthless.
  await requireNothingPassedOver(context, 'source');
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
