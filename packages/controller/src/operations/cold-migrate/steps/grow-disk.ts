import { targetPathOf } from '@ferry/model';
import { type MoveContext, sayPhase, targetOf } from '../../shared/move-context.ts';

/** Makes the root disk as large as the new flavor says; one that is so large already stays. */
export async function growDisk(context: MoveContext): Promise<void> {
  const rootDisk = context.input.resize?.rootDisk ?? null;
  if (rootDisk === null) return;
  const path = targetPathOf(context.input.plan, rootDisk.path);
  await sayPhase(
    context,
    `make ${path} on ${context.input.target.name} ${rootDisk.capacityBytes} bytes large`,
  );
  await targetOf(context).storage.ensureCapacity(path, rootDisk.capacityBytes, { signal: context.signal });
}
