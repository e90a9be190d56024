import { targetPathOf } from '@ferry/model';
import { removeUnusedImages } from '../files/base-images/remove-unused-images.ts';
import { releaseSourceStorage } from '../move/release-source-storage.ts';
import { releaseSourceFirewall } from '../security-groups/prepare-firewall.ts';
import { mediaOf } from '../facts/files/media-of.ts';
import { removeFiles } from '../files/remove-files.ts';
import { notAtTarget } from '../move/not-at-target.ts';
import { sayWhatStaysNow } from '../move/what-stays.ts';
import { copiedDisks, type MoveContext, setPhase, sourceOf, targetOf } from '../context/move-context.ts';

/** Ends what is left on the source: a paused copy, a definition, and the files of disks that were copied. Bases stay where others stand on them, or unless it is set that they go. */
export async function cleanSource(context: MoveContext): Promise<void> {
  const source = sourceOf(context);
  const { instanceId } = context.input;
  const call = { signal: context.signal };
  await setPhase(context, `clean up on ${context.input.source.name}`);
  await sayWhatStaysNow(context, 'source');
  await source.domains.ensureStaleCopyRemoved(instanceId, call);
  // A device is the host's own: it stays, with what is on it.
  const files = copiedDisks(context)
    .filter(({ fromDevice }) => fromDevice !== true)
    .map(({ path }) => path);
  const keptAnyway = new Map([...(await notAtTarget(context, files)), ...mediaOf(context)]);
  await removeFiles(context, 'source', files, { keptAnyway });
  await removeFiles(context, 'source', await sentFiles(context));
  await releaseSourceFirewall(context);
  await releaseSourceStorage(context);
  await removeUnusedImages(context);
}

/** Files that came to the target with the guest: where they are there, those of the source bar its way home, and are old. */
async function sentFiles(context: MoveContext): Promise<string[]> {
  const { plan } = context.input;
  const { storage } = targetOf(context);
  const found: string[] = [];
  for (const { path } of plan.sent ?? []) {
    const there = await storage.image(targetPathOf(plan, path), { signal: context.signal });
    if (there !== null) found.push(path);
  }
  return found;
}
