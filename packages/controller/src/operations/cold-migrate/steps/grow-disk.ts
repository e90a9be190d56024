import { targetPathOf } from '@ferry/model';
import { type MoveContext, sayPhase, sourceOf, targetOf } from '../../move/move-context.ts';

/** Makes the root disk as large as the new flavor says; one that is so large already stays. */
export async function growDisk(context: MoveContext): Promise<void> {
  const rootDisk = context.input.resize?.rootDisk ?? null;
  if (rootDisk === null) return;
  const path = targetPathOf(context.input.plan, rootDisk.path);
  await sayPhase(
    context,
    `make ${path} on ${context.input.target.name} ${rootDisk.capacityBytes} bytes large`,
  );
  const format = rootDisk.format ?? (await formatOf(context, rootDisk.path));
  await targetOf(context).storage.ensureCapacity({ path, format }, rootDisk.capacityBytes, {
    signal: context.signal,
  });
}

/** Of a resize that an earlier version began: as the definition at the source says it, never the file itself. */
async function formatOf(context: MoveContext, path: string): Promise<string> {
  const domain = await sourceOf(context).domains.domain(context.input.instanceId, { signal: context.signal });
  return domain?.disks.find((disk) => disk.path === path)?.format ?? 'raw';
}
