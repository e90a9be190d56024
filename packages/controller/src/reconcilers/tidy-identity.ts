import { knownAddressMs, signInMemoryMs } from '@ferry/model';
import type { Services } from '../operations/engine/services.ts';

/** Forgets tokens that have expired, and attempts to sign in that do not count any more. */
export async function tidyIdentity({ store, log }: Services): Promise<void> {
  const ago = (ms: number): string => new Date(Date.parse(store.now()) - ms).toISOString();
  await store.signIns.removeOlder({ failures: ago(signInMemoryMs), known: ago(knownAddressMs) });
  await store.consoleTokens.removeExpired();
  const expired = await store.identityTokens.removeExpired();
  if (expired > 0) log.debug({ expired }, 'tokens that had expired are forgotten');
}
