import { removeUnusedImages } from '../../files/base-images/remove-unused-images.ts';
import { copiedDisks, setPhase, sourceOf } from '../../context/move-context.ts';
import { releaseSourceStorage } from '../../move/release-source-storage.ts';
import { releaseSourceFirewall } from '../../security-groups/prepare-firewall.ts';
import { mediaOf } from '../../facts/files/media-of.ts';
import { removeFiles } from '../../files/remove-files.ts';
import { notAtTarget } from '../../move/not-at-target.ts';
import { sayWhatStaysNow } from '../../move/what-stays.ts';
import { changedFiles } from '../unchanged.ts';
import { type AfterWarm, filesOnTarget } from '../warm/files-left.ts';

/** Removes definition and copied files from the source. Bases stay where others stand on them, or unless it is set that they go. */
export async function cleanColdSource(context: AfterWarm): Promise<void> {
  const source = sourceOf(context);
  const call = { signal: context.signal };
  await setPhase(context, `clean up on ${context.input.source.name}`);
  await sayWhatStaysNow(context, 'source');
  await source.domains.ensureUndefined(context.input.instanceId, call);
  // What was written to it since it was copied is nowhere else; as late as can be, since somebody may be writing.
  const changed = (await changedFiles(context)).map(
    ({ path, what }) => [path, `it is not what was copied: ${what}`] as const,
  );
  const devices = new Set(
    copiedDisks(context)
      .filter(({ fromDevice }) => fromDevice === true)
      .map(({ path }) => path),
  );
  // A device is the host's own: it stays, with what is on it.
  const files = filesOnTarget(context).filter((one) => !devices.has(one));
  const own = files.filter((one) => copiedDisks(context).some(({ path }) => path === one));
  const last = await notAtTarget(context, own);
  await removeFiles(context, 'source', files, {
    keptAnyway: new Map([...last, ...mediaOf(context), ...changed]),
  });
  await releaseSourceFirewall(context);
  await releaseSourceStorage(context);
  await removeUnusedImages(context);
}
