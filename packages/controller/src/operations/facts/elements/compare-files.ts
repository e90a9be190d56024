import { dirname } from 'node:path';
import type { Call, HypervisorHost, StoredImage } from '@ferry/hypervisor';
import type { ElementAnswer, ElementQuestion } from '@ferry/model';
import { ifStillThere } from '../if-still-there.ts';
import { type ImageSite, imageDigest } from '../base-images/image-digest.ts';
import type { Services } from '../../engine/services.ts';

/** Where a file is compared. */
interface CompareSides {
  /** Null: it is gone, and only what the target has can be looked at. */
  readonly source: ImageSite | null;
  readonly target: ImageSite;
  /** Where a file of the source is on the target. */
  readonly targetPath: (path: string) => string;
}

/** Answers whether the target has a file or a directory that a domain names. */
export async function compareFiles(
  services: Services,
  { comparer, value: path }: ElementQuestion,
  { source, target, targetPath }: CompareSides,
  call: Call,
): Promise<ElementAnswer> {
  // `bios.bin`, or nothing: QEMU's own, or none.
  if (!path.startsWith('/')) return { result: 'there', what: 'which is no file of the host', compared: {} };
  const there = targetPath(path);
  const compared = there === path ? {} : { targetPath: there };
  if (comparer === 'directory') {
    const { present } = await target.host.storage.room(dirname(there), call);
    return present
      ? { result: 'there', what: `and the target has ${dirname(there)}`, compared }
      : { result: 'lacks', what: `and the target has no ${dirname(there)}`, compared };
  }
  if (comparer === 'same-directory')
    return source === null
      ? withoutSource(await target.host.storage.room(there, call), there)
      : sameDirectory(source.host, target.host, [path, there], call);
  const lacks = { result: 'lacks', what: `and the target has nothing at ${there}`, compared } as const;
  if ((await target.host.storage.image(there, call)) === null) return lacks;
  if (comparer === 'file-there') return { result: 'there', what: 'and the target has it', compared };
  if (source === null) return withoutSource({ present: true }, there);
  const [here, found] = await Promise.all([
    imageDigest(services, source, path, call.signal),
    ifStillThere(target.host, there, imageDigest(services, target, there, call.signal), call),
  ]);
  if (found === null) return lacks;
  const digests = { ...compared, sourceDigest: here, targetDigest: found };
  return here === found
    ? { result: 'there', what: 'and the target has the same', compared: digests }
    : { result: 'differs', what: 'and the target has another one', compared: digests };
}

/** What stands at a path of the target while the host that had the other is gone. */
function withoutSource({ present }: { readonly present: boolean }, there: string): ElementAnswer {
  return present
    ? {
        result: 'unknown',
        what: `and what the target has at ${there} cannot be compared: the host of the guest is gone`,
        compared: {},
      }
    : { result: 'lacks', what: `and the target has nothing at ${there}`, compared: {} };
}

/**
 * The guest sees what is in it, so nothing is put there to find out. Two lists of files that are the same, times of the last
 * change included, are those of one directory, or of a faithful copy; two that are empty say nothing.
 */
async function sameDirectory(
  source: HypervisorHost,
  target: HypervisorHost,
  [here, there]: readonly [string, string],
  call: Call,
): Promise<ElementAnswer> {
  const room = await target.storage.room(there, call);
  if (!room.present) return { result: 'lacks', what: `and the target has no ${there}`, compared: {} };
  const [ours, theirs] = await Promise.all([
    source.storage.images(here, call),
    target.storage.images(there, call),
  ]);
  const compared = { sourceFiles: ours.length, targetFiles: theirs.length };
  const [one, other] = [listOf(here, ours), listOf(there, theirs)];
  if (one !== other) return { result: 'differs', what: "and the target's holds other files", compared };
  return ours.length === 0
    ? { result: 'unknown', what: 'which is empty on both hosts: nothing tells that it is the same', compared }
    : { result: 'there', what: "and the target's holds the same files", compared };
}

function listOf(directory: string, files: readonly StoredImage[]): string {
  const lines = files.map(({ image, state }) =>
    JSON.stringify([image.path.slice(directory.length), state.lengthBytes, state.changedAt]),
  );
  return lines.toSorted((a, b) => a.localeCompare(b)).join();
}
