import { copyImage } from '../../files/copy-image.ts';
import { copyAll } from '../../files/copying/copy-all.ts';
import { CopyProgress } from '../../files/copy-progress.ts';
import { abortable, setPhase, setStatus } from '../../context/move-context.ts';
import { removeCopy } from '../../files/copying/remove-copy.ts';
import { StepError } from '../../engine/step-error.ts';
import { bringBackingImages } from '../../move/target-images.ts';
import { changedFiles } from '../unchanged.ts';
import { requireSameDisks } from '../require-same-disks.ts';
import { type AfterWarm, filesLeft } from '../warm/files-left.ts';

/** A file that changes every time is being used by somebody. */
const maxTimes = 3;
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
  await setStatus(context, 'migrating', 'copy files');
  const { rounds } = context.output['copy-while-running'];
  await requireSameDisks(context);
  const left = await filesLeft(context);
  const progress = new CopyProgress(context, left.bytes, rounds === 0 ? 0 : rounds + 1);
  if (rounds === 0) await bringBackingImages(context, progress);
  const digests: Record<string, string> = {};
  for (let time = 1; ; time += 1) {
    await abortable(context, (outer) =>
      copyAll(left.paths, filesAtOnce, outer, async (path, signal) => {
        await setPhase(context, rounds === 0 ? `copy ${path}` : `the rest, while it is off: copy ${path}`);
        digests[path] = await copyImage(context, path, progress, signal);
      }),
    );
    if (!(await copyAgain(context, left.paths, time))) break;
  }
  await progress.settle();
  return { bytes: progress.bytes, digests };
}

/**
 * While one file was copied another that was whole may have been written to. Those are to be copied again: they are taken
 * away on the target. False when all are still what was copied.
 */
async function copyAgain(context: AfterWarm, paths: readonly string[], time: number): Promise<boolean> {
  const changed = await changedFiles(context);
  const [first] = changed;
  if (first === undefined) return false;
  const { name } = context.input.source;
  const what = `${first.path} on ${name} was changed while it is off: ${first.what}`;
  if (time === maxTimes || changed.some(({ path }) => !paths.includes(path)))
    throw new StepError('source-changed', `${what}.`);
  for (const { path } of changed) {
    await setPhase(context, `copy ${path} again: ${what}`);
    await removeCopy(context, path);
    await context.services.store.migrations.setCopy(context.input.migrationId, path, null);
  }
  return true;
}
