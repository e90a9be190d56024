import { spawn } from 'node:child_process';
import type { Host } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';

/** Longest wait for a hook: a power switch and its check take seconds. */
const defaultMs = 120_000;
/** What of its output is kept for the answer, of its end. */
const keptBytes = 2_000;
const lastWordsMs = 500;

/** What of the controller's own environment a hook gets: nothing in which secrets of the controller stand. */
const handedOn = new Set(['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ']);
/** Variables that the owner of the controller sets for the hook. */
const ownPrefix = 'FERRY_HOOK_';

/**
 * Has the owner's program power a host off: it gets the host's name as its argument, the name, id and URI as FERRY_HOST,
 * FERRY_HOST_ID and FERRY_HOST_URI, and says by its exit code 0 that the host is off. At the deadline it is killed with all
 * that it has started. Throws Refusal `fence-failed`.
 */
export async function runFenceHook(
  hook: string,
  host: Pick<Host, 'name' | 'id' | 'uri'>,
  { limitMs = defaultMs, env = process.env }: { limitMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  // A group of its own, so that it ends with its children.
  const child = spawn(hook, [host.name], {
    env: hookEnvironment(host, env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = Buffer.alloc(0);
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      said = Buffer.concat([said, piece.subarray(-keptBytes)]).subarray(-keptBytes);
    });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const deadline = setTimeout(() => resolve(`did not end within ${limitMs / 1000} s`), limitMs);
  child.once('error', (error) => resolve(error.message));
  // What it left behind may hold its output open: that it ended is what counts, and its last words come soon after.
  child.once('exit', (code, signal) => {
    const ended = signal === null ? `ended with ${code}` : `ended by ${signal}`;
    const done = (): void => resolve(code === 0 ? null : ended);
    child.once('close', done);
    setTimeout(done, lastWordsMs).unref();
  });
  const why = await promise;
  clearTimeout(deadline);
  if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  if (why === null) return;
  const words = said
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  const message = `The hook did not power ${host.name} off: ${why}${words === '' ? '' : `. It says: ${words}`}`;
  throw new Refusal('fence-failed', message);
}

function hookEnvironment(
  { name, id, uri }: Pick<Host, 'name' | 'id' | 'uri'>,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const given = Object.entries(env).filter(([one]) => handedOn.has(one) || one.startsWith(ownPrefix));
  return { ...Object.fromEntries(given), FERRY_HOST: name, FERRY_HOST_ID: id, FERRY_HOST_URI: uri };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
