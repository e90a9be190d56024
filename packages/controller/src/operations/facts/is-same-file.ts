import type { Call, FileState, HypervisorHost } from '@ferry/hypervisor';
import { ifStillThere } from './if-still-there.ts';

/** So often both sides are read anew while a guest writes. */
const maxLooks = 3;

/**
 * Whether a path leads to one and the same file on two hosts that see one directory: a link in it can lead to a file of each
 * host's own. Both tell its length and its times; a file that is written to meanwhile is read before and after, and the other
 * side's times must lie between.
 */
export async function isSameFile(
  source: HypervisorHost,
  target: HypervisorHost,
  [here, there]: readonly [string, string],
  call: Call,
): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    const before = await source.storage.fileState(here, call);
    if ((await target.storage.image(there, call)) === null) return false;
    const found = await ifStillThere(target, there, target.storage.fileState(there, call), call);
    if (found === null) return false;
    if (isAlike(before, found)) return true;
    const after = await source.storage.fileState(here, call);
    if (isAlike(after, found)) return true;
    // It stands still here, and is another there.
    if (isAlike(before, after)) return false;
    if (look === maxLooks) return isBetween(before.changedAt, found.changedAt, after.changedAt);
  }
}

function isAlike(one: FileState, other: FileState): boolean {
  return one.lengthBytes === other.lengthBytes && one.changedAt === other.changedAt;
}

/** Times as libvirt tells them: seconds, a point, nanoseconds. */
function isBetween(...times: readonly (string | null)[]): boolean {
  const [before = null, found = null, after = null] = times;
  if (before === null || found === null || after === null) return false;
  const [low, middle, high] = [before, found, after].map(nanoseconds);
  return low !== undefined && middle !== undefined && high !== undefined && low <= middle && middle <= high;
}

function nanoseconds(time: string): bigint {
  const [seconds = '0', rest = ''] = time.split('.');
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest.slice(0, 9).padEnd(9, '0'));
}
