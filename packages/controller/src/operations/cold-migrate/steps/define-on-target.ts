import { claimTargetDomain } from '../../move/target-domain.ts';
import { requireSameDisks } from '../require-same-disks.ts';
import { fingerprintOf } from '../unchanged.ts';
import type { AfterWarm } from '../warm/files-left.ts';
import { adaptationOf } from '../../facts/adaptation-of.ts';
import {
  type MoveContext,
  setPhase,
  sourceOf,
  targetOf,
  throwIfAbortRequested,
} from '../../context/move-context.ts';
import { targetPathOf } from '@ferry/model';

/** What tells that the source's definition is still the one that the target was given. */
export interface DefinedOnTarget {
  readonly fingerprint: string;
}

/**
 * Gives the target the source's own definition, with the target's names of networks and the filters that stand there, and
 * what libvirt knows of its snapshots and checkpoints. Not where it has other disks than were copied: one that somebody has
 * added meanwhile would be another file of the same name there.
 */
export async function defineOnTarget(context: AfterWarm): Promise<DefinedOnTarget> {
  const call = { signal: context.signal };
  await throwIfAbortRequested(context);
  await setPhase(context, `define on ${context.input.target.name}`);
  const { instanceId } = context.input;
  const { services, signal } = context;
  const fingerprint = await fingerprintOf(services, context.input.source.uri, instanceId, signal);
  // Copying may have taken hours. A change after this look differs from the fingerprint, and is found at the pivot.
  await requireSameDisks(context);
  const [here, there] = [sourceOf(context).domains, targetOf(context).domains];
  await claimTargetDomain(context);
  await there.ensureDefined(await here.definition(instanceId, call, adaptationOf(context)), call);
  await there.ensureRecords(instanceId, await here.records(instanceId, call), call);
  return { fingerprint };
}

/** Makes the root disk as large as the new flavor says; one that is so large already stays. */
export async function growDisk(context: MoveContext): Promise<void> {
  const rootDisk = context.input.resize?.rootDisk ?? null;
  if (rootDisk === null) return;
  const path = targetPathOf(context.input.plan, rootDisk.path);
  await setPhase(
    context,
    `make ${path} on ${context.input.target.name} ${rootDisk.capacityBytes} bytes large`,
  );
  const format = rootDisk.format ?? (await formatOf(context, rootDisk.path));
  await targetOf(context).storage.ensureCapacity({ path, format }, rootDisk.capacityBytes, {
    signal: context.signal,
  });
}

/** Of a resize that an earlier version began: as the definition at the source says it, never the file itself. */
async function formatOf(context: MoveContext, path: string): Promise<string> {
  const domain = await sourceOf(context).domains.domain(context.input.instanceId, { signal: context.signal });
  return domain?.disks.find((disk) => disk.path === path)?.format ?? 'raw';
}
