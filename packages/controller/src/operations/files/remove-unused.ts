import type { Call } from '@ferry/hypervisor';
import { type Host, judgeDeletion, type KeptFile } from '@ferry/model';
import type { Services } from '../engine/services.ts';
import { type Asking, lookForUsers } from '../facts/files/look-for-users.ts';

/**
 * Removes files of a host, each only where nobody else has it: that is looked at here, right before. Gives for each that was
 * there whether it stays, and why.
 */
export async function removeUnused(
  services: Services,
  host: Host,
  paths: readonly string[],
  asking: Asking,
  call: Call,
): Promise<(Omit<KeptFile, 'because'> & { readonly because: string | null })[]> {
  const { storage } = services.hypervisor.host(host.uri);
  const there: string[] = [];
  // What is gone already needs no look at all hosts.
  for (const path of paths) if ((await storage.image(path, call)) !== null) there.push(path);
  const results: { host: string; path: string; because: string | null }[] = [];
  for (const naming of await lookForUsers(services, host, there, { ...asking, anew: true }, call)) {
    const verdict = judgeDeletion(naming);
    if (verdict.kind === 'delete') await storage.ensureNoImage(naming.path, call);
    results.push({
      host: host.name,
      path: naming.path,
      because: verdict.kind === 'keep' ? verdict.because : null,
    });
  }
  return results;
}
