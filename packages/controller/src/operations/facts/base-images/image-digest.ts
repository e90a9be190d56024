import { CopyFailure, type FileState, type HypervisorHost } from '@ferry/hypervisor';
import type { Services } from '../../engine/services.ts';

/** Where an image is. */
export interface ImageSite {
  readonly hostId: string;
  readonly host: HypervisorHost;
}

/**
 * The digest of a base, read once for as long as the file is the same: by its host's own shell where it has one, else
 * through libvirt. It takes as long as the reading takes.
 */
export function imageDigest(
  services: Services,
  { hostId, host }: ImageSite,
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  const call = { deadlineMs: Number.POSITIVE_INFINITY, ...(signal === undefined ? {} : { signal }) };
  const { baseImages } = services.store;
  const read = async (): Promise<string> => {
    const state = await host.storage.fileState(path, call);
    const known = await baseImages.known({ hostId, path, ...state });
    if (known !== null && known.digest !== null) return known.digest;
    const digest = (await byShell(host, path, state, call)) ?? (await host.storage.digest(path, call));
    // A file that changed while it was read has no digest worth keeping.
    if (isSame(state, await host.storage.fileState(path, call)))
      await baseImages.keepDigest({ hostId, path, ...state }, digest);
    return digest;
  };
  // Two who want to know it at once have it read once.
  const turn = signal === undefined ? {} : { signal };
  return services.imageLocks.with(`digest ${hostId} ${path}`, read, turn);
}

/** Null: there is no shell, or it does not see the file that libvirt sees. */
async function byShell(
  { shell }: HypervisorHost,
  path: string,
  state: FileState,
  call: { readonly signal?: AbortSignal },
): Promise<string | null> {
  if (shell === null) return null;
  try {
    const found = await shell.digest(path, call);
    return isSame(found, state) ? found.digest : null;
  } catch (error) {
    if (!(error instanceof CopyFailure)) throw error;
    call.signal?.throwIfAborted();
    return null;
  }
}

function isSame(one: FileState, other: FileState): boolean {
  return one.lengthBytes === other.lengthBytes && one.changedAt === other.changedAt;
}
