import { targetPathOf } from '@ferry/model';
import { copiedDisks, type MoveContext, targetOf } from '../context/move-context.ts';

/**
 * Files of the source that have no copy on the target any more, by their path, and what is to be said of them: somebody has
 * taken the copy away since it was made (`rm`, `virsh vol-delete`), also from under a guest that runs on it. What the source has is then the last
 * there is, and stays.
 */
export async function notAtTarget(
  context: MoveContext,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { plan, source, target, instanceName } = context.input;
  const devices = new Set(
    copiedDisks(context).flatMap(({ path, toDevice }) => (toDevice === true ? [path] : [])),
  );
  const found = new Map<string, string>();
  for (const path of paths) {
    const there = targetPathOf(plan, path);
    if (
      devices.has(path) ||
      (await targetOf(context).storage.image(there, { signal: context.signal })) !== null
    )
      continue;
    found.set(
      path,
      `${target.name} has ${there} no more: somebody has taken it away since ${instanceName} came there. What is here may be the last of it, as it was when it left ${source.name}. ` +
        `If ${instanceName} runs there, do not power it off before its disk is saved (virsh blockcopy ${instanceName} DISK NEW-FILE --pivot)`,
    );
  }
  return found;
}
