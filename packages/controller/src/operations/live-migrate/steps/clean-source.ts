import { removeUnusedImages } from '../../base-images/remove-unused-images.ts';
import { releaseSourceVolumes } from '../../shared/volumes/release-source-volumes.ts';
import { releaseSourceFirewall } from '../../shared/firewall/prepare-firewall.ts';
import { mediaOf } from '../../shared/files/media-of.ts';
import { removeFiles } from '../../shared/files/remove-files.ts';
import { type MoveContext, sayPhase, sourceOf } from '../../shared/move-context.ts';
import { copiedDisks } from '../../shared/copied-disks.ts';

/** Ends what is left on the source: a paused copy, a definition, and the files of disks that were copied. Bases stay where others stand on them, or unless it is set that they go. */
export async function cleanSource(context: MoveContext): Promise<void> {
  const source = sourceOf(context);
  const { instanceId } = context.input;
  const call = { signal: context.signal };
  await sayPhase(context, `clean up on ${context.input.source.name}`);
  await source.domains.ensureRemainsGone(instanceId, call);
  // A device is the host's own: it stays, with what is on it.
  const files = copiedDisks(context).filter(({ fromDevice }) => fromDevice !== true);
  await removeFiles(
    context,
    'source',
    files.map(({ path }) => path),
    { keptAnyway: mediaOf(context) },
  );
  await releaseSourceFirewall(context);
  await releaseSourceVolumes(context);
  await removeUnusedImages(context);
}
