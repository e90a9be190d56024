import { removeUnusedImages } from '../../base-images/remove-unused-images.ts';
import { releaseSourceFirewall } from '../../shared/firewall/prepare-firewall.ts';
import { sayPhase, sourceOf } from '../../shared/move-context.ts';
import { type AfterWarm, filesOnTarget } from '../warm/files-left.ts';

/** Removes definition and copied files from the source. Bases stay where others stand on them, or unless it is set that they go. */
export async function cleanColdSource(context: AfterWarm): Promise<void> {
  const source = sourceOf(context);
  const call = { signal: context.signal };
  await sayPhase(context, `clean up on ${context.input.source.name}`);
  await source.domains.ensureUndefined(context.input.instanceId, call);
  for (const path of filesOnTarget(context)) await source.storage.ensureNoImage(path, call);
  await releaseSourceFirewall(context);
  await removeUnusedImages(context);
}
