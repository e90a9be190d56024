import type { ControllerOptions } from '../controller-options.ts';
import type { Services } from '../operations/shared/services.ts';

const dayMs = 86_400_000;

/** How long what has happened is kept, milliseconds; null: for ever. */
interface Kept {
  readonly auditMs: number | null;
}

/** What an operator said, and what holds else. */
export function keptOf({ auditKeptMs = 365 * dayMs }: ControllerOptions): Kept {
  return { auditMs: auditKeptMs };
}

/** Forgets what is older than it is to be kept. */
export async function forgetOld({ store, log }: Services, kept: Kept): Promise<void> {
  const ago = (ms: number): string => new Date(Date.parse(store.now()) - ms).toISOString();
  const records = kept.auditMs === null ? 0 : await store.audit.removeBefore(ago(kept.auditMs));
  if (records > 0) log.info({ records }, 'old records of the audit log are forgotten');
}
