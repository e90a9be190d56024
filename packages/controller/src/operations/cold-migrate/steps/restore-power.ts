import { setTimeout as sleep } from 'node:timers/promises';
import { HypervisorError } from '@ferry/hypervisor';
import { stands } from '@ferry/model';
import { guestSeenAlive } from '../../move/guest-seen-alive.ts';
import type { InspectedTarget } from '../../facts/inspected-target.ts';
import { abortRequested, setPhase, setStatus, targetOf } from '../../context/move-context.ts';
import { powerBefore, type PowerSeen } from './see-power.ts';
import { cleanTargetAfterReturn, goBackToSource, isBackAtSource, whyNotBack } from '../go-back.ts';

const maxStarts = 3;

/** What became of the guest after the pivot. */
export interface RestoredPower {
  readonly guestSeenAlive: string | null;
  readonly startedAt: string | null;
  /** Why it is at its source again; not set: it is at the target. */
  readonly wentBack?: string;
}

type Context = PowerSeen & { readonly output: { readonly 'inspect-target': InspectedTarget } };

/**
 * The power state is what it was before: a running instance is started on the target and seen alive, one that its owner let
 * stand still stands still. One that cannot be started there goes back by itself, as long as the source is whole.
 */
export async function restorePower(context: Context): Promise<RestoredPower> {
  const { instanceId, autostart, target } = context.input;
  const power = powerBefore(context);
  await setStatus(context, 'post-migrating', `the instance belongs to ${target.name}`);
  if (await isBackAtSource(context)) return back(context, 'it could not be started there');
  const { domains } = targetOf(context);
  const call = { signal: context.signal };
  if (autostart) await domains.setAutostart(instanceId, true, call);
  if (!stands(power)) return { guestSeenAlive: null, startedAt: null };
  const failure = await startPatiently(context);
  if (failure !== null) return giveUp(context, failure);
  const startedAt = new Date().toISOString();
  await context.services.store.migrations.setPower(context.input.migrationId, power);
  if (power === 'paused') return { guestSeenAlive: null, startedAt };
  return { guestSeenAlive: await guestSeenAlive(context, domains, instanceId), startedAt };
}

/** A lock that is let go of late, or a port: what passes by itself sends no guest back. */
async function startPatiently(context: PowerSeen): Promise<HypervisorError | null> {
  for (let time = 1; ; time += 1) {
    const failure = await start(context);
    if (failure === null || time === maxStarts) return failure;
    await sleep(context.services.limits.pollMs, undefined, { signal: context.signal });
  }
}

/** Null when it is started; else why its host refuses to, with nothing of it running there. Throws what proves nothing. */
async function start(context: PowerSeen): Promise<HypervisorError | null> {
  const { instanceId, target } = context.input;
  const paused = powerBefore(context) === 'paused';
  const { domains } = targetOf(context);
  await setPhase(context, `start on ${target.name}`);
  try {
    await domains.ensureStarted(instanceId, { signal: context.signal }, { paused });
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof HypervisorError)) throw error;
    const sighting = await domains.observe(instanceId, { signal: context.signal });
    // Silence, or a host that may be at it still: it is asked again.
    if (sighting.kind !== 'present' || sighting.state !== 'shutoff' || error.code === 'unreachable')
      throw error;
    return error;
  }
}

async function giveUp(context: Context, failure: HypervisorError): Promise<RestoredPower> {
  const { instanceName, source, target, options } = context.input;
  const what = `${target.name} could not start ${instanceName}: ${failure.message}`;
  if (options.startFailure === 'wait' && !(await abortRequested(context)))
    throw new Error(
      `${what}. It waits, as was asked; \`ferry migration abort ${context.input.migrationId}\` takes it back to ${source.name}`,
      { cause: failure },
    );
  const obstacle = await whyNotBack(context);
  if (obstacle !== null)
    throw new Error(`${what}. It cannot go back to ${source.name}: ${obstacle}`, { cause: failure });
  await context.services.store.migrations.setPhase(context.input.migrationId, what);
  return back(context, failure.message);
}

async function back(context: Context, because: string): Promise<RestoredPower> {
  const seen = await goBackToSource(context);
  // Nothing comes after this step of one that is held.
  if (context.input.hold === true) await cleanTargetAfterReturn(context);
  return { guestSeenAlive: seen, startedAt: null, wentBack: because };
}
