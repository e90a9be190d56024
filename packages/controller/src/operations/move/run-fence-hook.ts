import type { Host } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { runHook } from '../engine/run-hook.ts';

/** Longest wait for a hook: a power switch and its check take seconds. */
const defaultMs = 120_000;

/** Has the owner's program power a host off, which says by its exit code 0 that the host is off. Throws Refusal `fence-failed`. */
export async function runFenceHook(
  hook: string,
  host: Pick<Host, 'name' | 'id' | 'uri'>,
  { limitMs = defaultMs, env = process.env }: { limitMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  const why = await runHook(hook, host, { limitMs, env });
  if (why !== null) throw new Refusal('fence-failed', `The hook did not power ${host.name} off: ${why}`);
}
