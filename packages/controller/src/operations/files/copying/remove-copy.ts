import { targetPathOf } from '@ferry/model';
import { releaseDevice } from '../release-device.ts';
import { copiedDisks, type MoveContext, targetOf } from '../../context/move-context.ts';
import { removeFiles } from '../remove-files.ts';

/**
 * Takes away what this migration made of one file on the target. What its record does not show to be its own is left: a
 * file that was about to get its name is looked at, for somebody else's may have got it first.
 */
export async function removeCopy(context: MoveContext, path: string): Promise<void> {
  const { input, services, signal } = context;
  const migration = await services.store.migrations.byId(input.migrationId);
  const record = migration?.copies.find((one) => one.path === path);
  if (record === undefined) return;
  const { storage } = targetOf(context);
  const targetPath = targetPathOf(input.plan, path);
  if (copiedDisks(context).some((disk) => disk.path === path && disk.toDevice === true)) {
    await releaseDevice(context, targetPath);
    return;
  }
  if (record.part !== null) await storage.ensureNoImage(record.part, { signal });
  if (record.way.kind === 'direct') {
    if (record.state === 'begun') return;
    if (record.state === 'naming') {
      if ((await storage.image(targetPath, { signal })) === null) return;
      const whole = { signal, deadlineMs: Number.POSITIVE_INFINITY };
      // Without a digest yet, it grew there through libvirt before it was gone on with straight.
      if (record.digest !== null && (await storage.digest(targetPath, whole)) !== record.digest) return;
    }
  }
  await removeFiles(context, 'target', [targetPath], { moves: 'do-not-count' });
}
