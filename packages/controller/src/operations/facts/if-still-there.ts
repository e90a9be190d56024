import { type Call, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';

/**
 * The answer to a question about a file that stood on a host a moment ago; null: it has gone since. A clean-up may take one
 * away between two questions, and then a check says that nothing is there, and not that nothing is known.
 */
export async function ifStillThere<T>(
  host: HypervisorHost,
  path: string,
  answer: Promise<T>,
  call: Call,
): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const isGone = error instanceof HypervisorError && error.code === 'no-image';
    // What has no image may be the other side of a comparison, or be there again.
    if (!isGone || (await host.storage.image(path, call)) !== null) throw error;
    return null;
  }
}
