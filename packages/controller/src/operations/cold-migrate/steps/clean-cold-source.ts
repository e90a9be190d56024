import { releaseSourceFirewall } from '../../shared/firewall/prepare-firewall.ts';
import { type MoveContext, sayPhase, sourceOf } from '../../shared/move-context.ts';
import { copiedDisks } from '../../shared/target-images.ts';

/** Removes definition and copied files from the source. Bases stay: others may stand on them. */
export async function cleanColdSource(context: MoveContext): Promise<void> {
  const source = sourceOf(context);
  const call = { signal: context.signal };
  await sayPhase(context, `clean up on ${context.input.source.name}`);
  await source.domains.ensureUndefined(context.input.instanceId, call);
  for (const disk of copiedDisks(context)) await source.storage.ensureNoImage(disk.path, call);
  await releaseSourceFirewall(context);
}
