import { describeSighting, stands } from '@ferry/model';
import { undoFirewall } from '../security-groups/prepare-firewall.ts';
import { guestSeenAlive } from '../move/guest-seen-alive.ts';
import { allowStart } from '../move/prevent-start.ts';
import type { InspectedTarget } from '../facts/inspected-target.ts';
import { copiedDisks, type MoveContext, setPhase, sourceOf, targetOf } from '../context/move-context.ts';
import { undoNetworks } from '../move/prepare-networks.ts';
import { clearTargetDomain } from '../move/target-domain.ts';
import { removeTargetImages } from '../move/target-images.ts';
import { undoStorage } from '../move/prepare-storage.ts';
import { powerBefore, type PowerSeen } from './steps/see-power.ts';
import { changedFiles } from './unchanged.ts';

/** The instance belongs to its source again: a move that has passed its pivot and could not start goes back by itself. */
export async function isBackAtSource({ services, input }: MoveContext): Promise<boolean> {
  const instance = await services.store.instances.byId(input.instanceId);
  return instance?.hostId === input.source.id && instance.operationId === input.migrationId;
}

/**
 * Why it cannot go back; null: it is off on both hosts, and the source has its definition and every file as it was copied.
 * Throws where a host does not answer.
 */
export async function whyNotBack(context: MoveContext): Promise<string | null> {
  const { instanceId, source, target } = context.input;
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  const [here, there] = await Promise.all([
    sourceOf(context).domains.observe(instanceId, call),
    targetOf(context).domains.observe(instanceId, call),
  ]);
  if (here.kind !== 'present' || here.state !== 'shutoff')
    return `${source.name} should have it powered off, and shows: ${describeSighting(here)}`;
  if (there.kind === 'unreachable') return `${target.name} does not answer: ${there.reason}`;
  if (there.kind === 'present' && there.state !== 'shutoff')
    return `${target.name} has it ${describeSighting(there)}`;
  const { storage } = sourceOf(context);
  for (const { path } of copiedDisks(context))
    if ((await storage.image(path, { signal: context.signal })) === null)
      return `${source.name} has ${path} no more`;
  const [changed] = await changedFiles(context);
  return changed === undefined ? null : `${changed.path} on ${source.name} was changed: ${changed.what}`;
}

/** It is the source's again, and started there as it was. Begun with only where `whyNotBack` has no reason; run again it goes on. */
export async function goBackToSource(context: PowerSeen): Promise<string | null> {
  const { instanceId, migrationId, autostart, source, target } = context.input;
  const power = powerBefore(context);
  const call = { signal: context.signal };
  const here = sourceOf(context).domains;
  await setPhase(context, `it goes back to ${source.name}`);
  // A reboot of the target must not start it there.
  if (autostart && !(await isBackAtSource(context)))
    await targetOf(context).domains.setAutostart(instanceId, false, call);
  await context.services.store.heldMigrations.commitBack(migrationId);
  await allowStart(context);
  if (autostart) await here.setAutostart(instanceId, true, call);
  if (!stands(power)) return null;
  await setPhase(context, `start it again on ${source.name}: ${target.name} could not`);
  await here.ensureStarted(instanceId, call, { paused: power === 'paused' });
  await context.services.store.migrations.setPower(migrationId, power);
  return power === 'running' ? guestSeenAlive(context, here, instanceId) : null;
}

/** Takes away what came to the target, as where a move is taken back before its pivot. */
export async function cleanTargetAfterReturn(
  context: MoveContext & { readonly output: { readonly 'inspect-target': InspectedTarget } },
): Promise<void> {
  await clearTargetDomain(context);
  await removeTargetImages(context);
  await undoFirewall(context);
  await undoStorage(context);
  await undoNetworks(context);
}
