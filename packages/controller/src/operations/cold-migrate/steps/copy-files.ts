import { copyImage } from '../../shared/copy-image.ts';
import { copyAll } from '../../shared/copying/copy-all.ts';
import { CopyProgress } from '../../shared/copy-progress.ts';
import { abortable, type MoveContext, sayPhase, sayStatus } from '../../shared/move-context.ts';
import { bringBackingImages, copiedDisks } from '../../shared/target-images.ts';

/** More would share the same link and the same disks. */
const filesAtOnce = 2;

/** What was copied, for the record and for the last look before the pivot. */
export interface CopiedFiles {
  readonly bytes: number;
  readonly digests: Readonly<Record<string, string>>;
}

/** Copies every image that the target lacks, sparse and verified. Shared disks stay where they are. */
export async function copyFiles(context: MoveContext): Promise<CopiedFiles> {
  await sayStatus(context, 'migrating', 'copy files');
  const progress = new CopyProgress(context, context.input.plan.copyBytes);
  await bringBackingImages(context, progress);
  const digests: Record<string, string> = {};
  await abortable(context, (outer) =>
    copyAll(copiedDisks(context), filesAtOnce, outer, async ({ path }, signal) => {
      await sayPhase(context, `copy ${path}`);
      digests[path] = await copyImage(context, path, progress, signal);
    }),
  );
  await progress.settle();
  return { bytes: progress.bytes, digests };
}
