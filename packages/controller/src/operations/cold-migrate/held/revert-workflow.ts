import { NothingMoved, workflow } from '@ferry/workflow';
import { formerStepNames } from '../../context/with-step-names-of-now.ts';
import type { Services } from '../../engine/services.ts';
import { type DecisionInput, readDecisionInput } from './held-decision.ts';
import { describeSighting, type Sighting, stands } from '@ferry/model';
import { copiedDisks, type MoveContext, setPhase, sourceOf, targetOf } from '../../context/move-context.ts';
import { undoFirewall } from '../../security-groups/prepare-firewall.ts';
import { guestSeenAlive } from '../../move/guest-seen-alive.ts';
import { allowStart } from '../../move/prevent-start.ts';
import { livesOnThird } from '../../move/gone-from-source.ts';
import { undoNetworks } from '../../move/prepare-networks.ts';
import { StepError } from '../../engine/step-error.ts';
import { clearTargetDomain } from '../../move/target-domain.ts';
import { removeTargetImages } from '../../move/target-images.ts';
import { lookWhatStays, sayWhatStays, type StaysBehind } from '../../move/what-stays.ts';
import { sharedDisksProblem } from './require-shared-disks.ts';
import { undoStorage } from '../../move/prepare-storage.ts';

const minute = 60_000;
const hour = 60 * minute;

/** It goes back to its source, as it was before it moved. */
export const revertMigrationWorkflow = workflow<DecisionInput, Services>(
  'revert-migration',
  readDecisionInput,
)
  .step({
    name: 'look',
    why: 'before it is stopped: there must be something to go back to',
    deadlineMs: minute,
    do: lookBeforeRevert,
  })
  .step({
    name: 'disable-target-autostart',
    formerNames: formerStepNames['disable-target-autostart'],
    deadlineMs: minute,
    do: disableTargetAutostart,
    undo: restoreTargetAutostart,
  })
  .step({
    name: 'power-off-target',
    deadlineMs: 2 * hour,
    do: powerOffAtTarget,
    undo: powerOnAtTarget,
  })
  .pivot({
    name: 'go-back',
    why: 'off on both hosts and whole at the source: from here on the one there is the instance',
    deadlineMs: minute,
    do: goBack,
  })
  .step({ name: 'commit-back', deadlineMs: minute, do: commitBack })
  .step({ name: 'restore-at-source', deadlineMs: 10 * minute, do: restoreAtSource })
  .step({
    name: 'clean-target',
    why: 'last: what was written there is needed no more only when the guest runs at its source',
    deadlineMs: hour,
    do: cleanTarget,
  })
  .build();

/** The context of a step that takes a held move back. */
type RevertContext = MoveContext & { readonly input: DecisionInput };

/** What the guest does at the target before it is powered off there, for the case that it has to go on there. */
interface SeenBeforeRevert {
  readonly ranAtTarget: boolean;
  /** What it was given at the target. Not set in logs of earlier versions. */
  readonly stays?: StaysBehind;
}

/** What went at the target beside what came with the move. Not set in logs of earlier versions. */
export interface CleanedTarget {
  readonly devicesGone: readonly string[];
}

/** Sees that the source has what it kept, before anything is stopped. */
async function lookBeforeRevert(context: RevertContext): Promise<SeenBeforeRevert> {
  const { instanceName, source, target } = context.input;
  await setPhase(context, `look at what ${source.name} has kept`);
  const { here, there } = await look(context);
  const wrong = await whatSourceLacks(context, here);
  if (wrong !== null) throw new StepError('source-not-whole', wrong);
  if (there.kind === 'unreachable')
    throw new StepError('target-silent', `${target.name} does not answer: ${there.reason}.`);
  if (there.kind === 'absent')
    throw new StepError('target-silent', `${target.name} does not know ${instanceName} any more.`);
  const third = await livesOnThird(context);
  if (third !== null) throw new StepError('guest-gone', third);
  const other = await whatTargetHasElse(context);
  if (other !== null) throw new StepError('disks-changed', other);
  return { ranAtTarget: there.state === 'running', stays: await lookWhatStays(context, 'target') };
}

/** While it goes back, a reboot of the target must not start it there. */
async function disableTargetAutostart(context: RevertContext): Promise<void> {
  const { autostart, instanceId } = context.input;
  if (autostart) await targetOf(context).domains.setAutostart(instanceId, false, { signal: context.signal });
}

/** Gives the target its autostart back, where the instance still belongs to it. */
async function restoreTargetAutostart(context: RevertContext): Promise<void> {
  const { autostart, instanceId } = context.input;
  if (autostart && (await isAtTarget(context)))
    await targetOf(context).domains.setAutostart(instanceId, true, { signal: context.signal });
}

/** Powers it off at the target: what it wrote there is not brought back, unless its disks are shared. */
async function powerOffAtTarget(context: RevertContext): Promise<void> {
  const { instanceId, options, target } = context.input;
  await setPhase(
    context,
    `power off on ${target.name} (the guest has ${options.shutdownTimeoutMs} ms to do it itself)`,
  );
  await targetOf(context).domains.ensureShutOff(instanceId, options.shutdownTimeoutMs, {
    signal: context.signal,
  });
}

/** Lets it go on at the target, when it ran there and still belongs there. */
async function powerOnAtTarget(
  context: RevertContext & { readonly output: { readonly look: SeenBeforeRevert } },
): Promise<void> {
  const { instanceId, target } = context.input;
  if (!context.output.look.ranAtTarget || !(await isAtTarget(context))) return;
  await setPhase(context, `start it again on ${target.name}`);
  await targetOf(context).domains.ensureStarted(instanceId, { signal: context.signal });
}

/** The pivot: it is off on both hosts, and the source has all of it. Changes nothing. */
async function goBack(context: RevertContext): Promise<void> {
  const { source, target } = context.input;
  const { here, there } = await look(context);
  if (here.kind === 'unreachable') throw new Error(`${source.name} does not answer: ${here.reason}`);
  if (there.kind === 'unreachable') throw new Error(`${target.name} does not answer: ${there.reason}`);
  const wrong = await whatSourceLacks(context, here);
  if (wrong !== null) throw new NothingMoved('source-not-whole', wrong);
  if (there.kind === 'present' && there.state !== 'shutoff') {
    const what = `It was started again on ${target.name} (${there.state}).`;
    throw new NothingMoved('guest-not-running', what);
  }
  const third = await livesOnThird(context);
  if (third !== null) throw new NothingMoved('guest-gone', third);
  const other = await whatTargetHasElse(context);
  if (other !== null) throw new NothingMoved('disks-changed', other);
}

/** It belongs to its source again. */
async function commitBack(context: RevertContext): Promise<void> {
  await context.services.store.heldMigrations.commitBack(context.input.migrationId);
}

/** As it was before it moved: started where it ran, and seen alive. */
async function restoreAtSource(context: RevertContext): Promise<{ readonly guestSeenAlive: string | null }> {
  const { instanceId, power, autostart, source } = context.input;
  const { domains } = sourceOf(context);
  const call = { signal: context.signal };
  await allowStart(context);
  if (autostart) await domains.setAutostart(instanceId, true, call);
  if (!stands(power)) return { guestSeenAlive: null };
  await setPhase(context, `start on ${source.name}`);
  await domains.ensureStarted(instanceId, call, { paused: power === 'paused' });
  if (power === 'paused') return { guestSeenAlive: null };
  return { guestSeenAlive: await guestSeenAlive(context, domains, instanceId) };
}

/**
 * Takes away what came to the target with the move: the same as where a move is taken back before its pivot. Gives the devices that
 * are gone with the definition there.
 */
async function cleanTarget(
  context: RevertContext & { readonly output: { readonly look: SeenBeforeRevert } },
): Promise<CleanedTarget> {
  const { stays } = context.output.look;
  // What it was given for its life alone was seen while it ran; what it was given for its next start alone is seen now.
  const now = await lookWhatStays(context, 'target');
  if (stays !== undefined) await sayWhatStays(context, 'target', stays);
  const looked = { ...context, output: { 'inspect-target': context.input.looked } };
  await clearTargetDomain(context);
  await removeTargetImages(context);
  await undoFirewall(looked);
  await undoStorage(looked);
  await undoNetworks(looked);
  return { devicesGone: [...new Set([...(stays?.devices ?? []), ...now.devices])] };
}

/** Why its source would not have what it has written at the target; null: it would, or that is given up. */
async function whatTargetHasElse(context: RevertContext): Promise<string | null> {
  const { instanceId } = context.input;
  const domain = await targetOf(context).domains.domain(instanceId, { signal: context.signal });
  return domain === null ? null : sharedDisksProblem(context.input, domain);
}

async function look(context: RevertContext): Promise<{ here: Sighting; there: Sighting }> {
  const { instanceId } = context.input;
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  const [here, there] = await Promise.all([
    sourceOf(context).domains.observe(instanceId, call),
    targetOf(context).domains.observe(instanceId, call),
  ]);
  return { here, there };
}

/** Why it cannot go back; null when the source has its definition and its images, and does not run it. */
async function whatSourceLacks(context: RevertContext, here: Sighting): Promise<string | null> {
  const { source, instanceName } = context.input;
  if (here.kind !== 'present' || here.state !== 'shutoff')
    return `${source.name} should have ${instanceName} powered off, and shows: ${describeSighting(here)}.`;
  const { storage } = sourceOf(context);
  for (const { path } of copiedDisks(context))
    if ((await storage.image(path, { signal: context.signal })) === null)
      return `${source.name} has ${path} no more.`;
  return null;
}

async function isAtTarget({ services, input }: RevertContext): Promise<boolean> {
  const instance = await services.store.instances.byId(input.instanceId);
  return instance?.hostId === input.target.id && instance.operationId === input.migrationId;
}
