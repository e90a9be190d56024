import type { Host } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { runHook } from '../hooks/run-hook.ts';

/** Longest wait for a hook: a power switch and its check take seconds. */
const defaultMs = 120_000;

/**
 * Has the owner's program power a host off: it gets the host's name as its argument, the name, id and URI as FERRY_HOST,
 * FERRY_HOST_ID and FERRY_HOST_URI, and says by its exit code 0 that the host is off. At the deadline it is killed with all
 * that it has started. Throws Refusal `fence-failed`.
 */
export async function runFenceHook(
  hook: string,
  { name, id, uri }: Pick<Host, 'name' | 'id' | 'uri'>,
  { limitMs = defaultMs, env = process.env }: { limitMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  const variables = { FERRY_HOST: name, FERRY_HOST_ID: id, FERRY_HOST_URI: uri };
  const { kind, why, says } = await runHook({ program: hook, args: [name], variables, limitMs, env });
  if (kind === 'done') return;
  const message = `The hook did not power ${name} off: ${why}${says === '' ? '' : `. It says: ${says}`}`;
  throw new Refusal('fence-failed', message);
}
