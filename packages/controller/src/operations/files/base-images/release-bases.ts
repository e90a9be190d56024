import { basesOf, type MigrationStatus, targetPathOf } from '@ferry/model';
import { removeCopy } from '../copying/remove-copy.ts';
import { copiedDisks, type MoveContext, targetOf } from '../../context/move-context.ts';
import { withLock } from './with-lock.ts';
import { whyKept } from './why-kept.ts';

/** Statuses of migrations whose instance did not stay at the target. */
const cameToNothing: ReadonlySet<MigrationStatus> = new Set(['failed', 'cancelled', 'error', 'reverted']);

/**
 * Takes away the bases that came with this migration, nearest first. One that anything else needs stays, and is known as
 * brought; so does one that another migration brought, unless that has come to nothing and left it to this one.
 */
export async function releaseBases(context: MoveContext): Promise<void> {
  const { instanceId } = context.input;
  // Nearest first: nothing stands on one that goes.
  const paths = new Set(
    copiedDisks(context).flatMap((disk) =>
      basesOf(instanceId, disk)
        .toReversed()
        .map(({ path }) => path),
    ),
  );
  for (const path of paths) {
    const targetPath = targetPathOf(context.input.plan, path);
    await withLock(context, targetPath, context.signal, () => release(context, path, targetPath));
  }
}

async function release(context: MoveContext, path: string, targetPath: string): Promise<void> {
  const { input, services, signal } = context;
  const migration = await services.store.migrations.byId(input.migrationId);
  const record = migration?.copies.find((one) => one.path === path);
  const orphan = record === undefined && (await isOrphan(context, targetPath));
  if (record === undefined && !orphan) return;
  if (record?.state === 'begun') {
    // Nobody stands on half a file.
    await removeCopy(context, path);
    return;
  }
  const target = await services.store.hosts.byId(input.target.id);
  if (target === null) throw new Error(`host ${input.target.id} of ${input.migrationId} is not in the store`);
  const call = { signal, deadlineMs: services.limits.inspectMs };
  const kept = await whyKept(services, target, targetPath, call, {
    migrationId: input.migrationId,
    instanceId: input.instanceId,
    hostIds: [input.source.id],
    silentHosts: 'cannot-use-it',
  });
  if (kept !== null) {
    services.log.info({ migration: input.migrationId, path, kept }, 'a base image stays on the target');
    return;
  }
  await services.store.baseImages.tellRemoval(
    { hostId: input.target.id, path: targetPath },
    `migration ${input.migrationId} is taken back`,
  );
  if (orphan) await targetOf(context).storage.ensureNoImage(targetPath, { signal });
  else await removeCopy(context, path);
  await services.store.baseImages.forget({ hostId: input.target.id, path: targetPath });
}

/** Whether it is there for a migration that came to nothing, and could not take it away because of this one. */
async function isOrphan({ input, services, signal }: MoveContext, path: string): Promise<boolean> {
  const { storage } = services.hypervisor.host(input.target.uri);
  if ((await storage.image(path, { signal })) === null) return false;
  const state = await storage.fileState(path, { signal });
  const image = await services.store.baseImages.known({ hostId: input.target.id, path, ...state });
  if (image === null || image.brought === null) return false;
  const bringer = await services.store.migrations.byId(image.brought.migrationId);
  if (bringer === null || bringer.id === input.migrationId) return false;
  if (bringer.finishedAt === null) return services.store.operations.isTakenBack(bringer.id);
  return cameToNothing.has(bringer.status);
}
