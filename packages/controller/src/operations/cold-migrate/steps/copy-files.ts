import { copyImage } from '../../shared/copy-image.ts';
import { copyAll } from '../../shared/copying/copy-all.ts';
import { CopyProgress } from '../../shared/copy-progress.ts';
import { abortable, sayPhase, sayStatus } from '../../shared/move-context.ts';
import { bringBackingImages } from '../../shared/target-images.ts';
import { type AfterWarm, filesLeft } from '../warm/files-left.ts';

/** More would share the same link and the same disks. */
const filesAtOnce = 2;

/** What was copied, for the record and for the last look before the pivot. */
export interface CopiedFiles {
  readonly bytes: number;
  readonly digests: Readonly<Record<string, string>>;
}

/**
 * Copies every image that the target lacks, sparse and verified; of a warm move what the guest wrote last. Shared disks stay
 * where they are.
 */
export async function copyFiles(context: AfterWarm): Promise<CopiedFiles> {
  await sayStatus(context, 'migrating', 'copy files');
  const { rounds } = context.output['copy-while-running'];
  const left = await filesLeft(context);
  const progress = new CopyProgress(context, left.bytes, rounds === 0 ? 0 : rounds + 1);
  if (rounds === 0) await bringBackingImages(context, progress);
  const digests: Record<string, string> = {};
  await abortable(context, (outer) =>
    copyAll(left.paths, filesAtOnce, outer, async (path, signal) => {
      await sayPhase(context, rounds === 0 ? `copy ${path}` : `the rest, while it is off: copy ${path}`);
      digests[path] = await copyImage(context, path, progress, signal);
    }),
  );
  await progress.settle();
  return { bytes: progress.bytes, digests };
}
