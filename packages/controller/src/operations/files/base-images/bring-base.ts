import { setTimeout as sleep } from 'node:timers/promises';
import { type BackingPlan, type FileCopy, type Migration, targetPathOf } from '@ferry/model';
import { copyImage } from '../copy-image.ts';
import type { CopyProgress } from '../copy-progress.ts';
import { removeCopy } from '../copying/remove-copy.ts';
import { abortable, type MoveContext, setPhase, sourceOf, targetOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import { withLock } from './with-lock.ts';
import { imageDigest } from '../../facts/base-images/image-digest.ts';
import { othersWithBase } from '../../facts/base-images/others-with-base.ts';

/**
 * Sees that the target has a base: it is there, or another migration brings it and is waited for, or it is brought now.
 * What another migration has left of it is waited for, too.
 */
export async function bringBase(
  context: MoveContext,
  base: BackingPlan,
  progress: CopyProgress,
): Promise<void> {
  for (;;) {
    const left = await abortable(context, (signal) =>
      withLock(context, thereOf(context, base.path), signal, () =>
        bringOnce(context, base, progress, signal),
      ),
    );
    if (left === null) return;
    const { name } = context.input.target;
    const whose = `migration ${left.id} (${left.instanceName})`;
    const why = `a part of it on ${name} is of ${whose}, which goes on with it or takes it away`;
    await setPhase(context, `wait for base image ${base.path}: ${why}`);
    await abortable(context, (signal) => sleep(context.services.limits.pollMs, undefined, { signal }));
  }
}

/** Null when it is there now, else the migration whose part of it is in the way. */
async function bringOnce(
  context: MoveContext,
  { path, action }: BackingPlan,
  progress: CopyProgress,
  signal: AbortSignal,
): Promise<Migration | null> {
  const record = await recordOf(context, path);
  const targetPath = thereOf(context, path);
  const there = await targetOf(context).storage.image(targetPath, { signal });
  const ownPart = record?.state === 'begun' && record.way.kind === 'streams';
  if (there !== null && !ownPart) {
    const { input, services } = context;
    const { left } = await othersWithBase(services, input.target.id, targetPath, input.migrationId);
    if (left !== null) return left;
    if (action === 'present' && record === undefined) return null;
    const digests = await digestsOf(context, path, signal);
    if (digests.source === digests.target) {
      if (record !== undefined) await keepRecord(context, record, digests.target, signal);
      if (record?.state === 'done') progress.skip(record.resumedBytes + record.sentBytes);
      return null;
    }
    // What was about to get its name when it broke off is ours, and is gone on with.
    if (record?.state !== 'naming') throw otherBase(context, path, digests);
  }
  if (there === null && record?.state === 'done') await forget(context, path);
  await setPhase(context, `bring base image ${path}`);
  await bringNow(context, path, progress, signal);
  return null;
}

async function bringNow(
  context: MoveContext,
  path: string,
  progress: CopyProgress,
  signal: AbortSignal,
): Promise<void> {
  const { input, services } = context;
  const state = await sourceOf(context).storage.fileState(path, { signal });
  await copyImage(context, path, progress, signal);
  const record = await recordOf(context, path);
  // Of a file that went through streams the pieces were compared, and all of it was hashed by nobody.
  const digest = record?.way.kind === 'direct' ? record.digest : null;
  if (digest !== null)
    await services.store.baseImages.keepDigest({ hostId: input.source.id, path, ...state }, digest);
  await keepBrought(context, path, digest, signal);
}

/** The target has the same. It is noted as brought where this migration was at it, also when that was not written down any more. */
async function keepRecord(
  context: MoveContext,
  record: FileCopy,
  digest: string,
  signal: AbortSignal,
): Promise<void> {
  const { path } = record;
  if (record.state === 'begun') {
    // Another migration was faster; the part under a name of its own is not needed any more.
    await removeCopy(context, path);
    await forget(context, path);
    return;
  }
  const { migrationId } = context.input;
  if (record.state === 'naming')
    await context.services.store.migrations.setCopy(migrationId, path, { ...record, state: 'done' });
  await keepBrought(context, path, digest, signal);
}

async function keepBrought(
  context: MoveContext,
  path: string,
  digest: string | null,
  signal: AbortSignal,
): Promise<void> {
  const { input, services } = context;
  const targetPath = thereOf(context, path);
  const state = await targetOf(context).storage.fileState(targetPath, { signal });
  const file = { hostId: input.target.id, path: targetPath, ...state };
  await services.store.baseImages.keepBrought(file, digest, input.migrationId);
}

function forget(context: MoveContext, path: string): Promise<void> {
  return context.services.store.migrations.setCopy(context.input.migrationId, path, null);
}

async function recordOf({ services, input }: MoveContext, path: string): Promise<FileCopy | undefined> {
  const migration = await services.store.migrations.byId(input.migrationId);
  return migration?.copies.find((one) => one.path === path);
}

async function digestsOf(
  context: MoveContext,
  path: string,
  signal: AbortSignal,
): Promise<{ source: string; target: string }> {
  const { source, target } = context.input;
  const [here, there] = await Promise.all([
    imageDigest(context.services, { hostId: source.id, host: sourceOf(context) }, path, signal),
    imageDigest(
      context.services,
      { hostId: target.id, host: targetOf(context) },
      thereOf(context, path),
      signal,
    ),
  ]);
  return { source: here, target: there };
}

/** Where on the target the base stands. */
function thereOf({ input }: MoveContext, path: string): string {
  return targetPathOf(input.plan, path);
}

function otherBase(
  { input }: MoveContext,
  path: string,
  digests: { source: string; target: string },
): StepError {
  const { source, target } = input;
  const values = `its digest is ${digests.target}, that of ${source.name} is ${digests.source}`;
  return new StepError(
    'path-taken',
    `${target.name} has another base image at ${targetPathOf(input.plan, path)}: ${values}.`,
  );
}
