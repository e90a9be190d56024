import { spawn } from 'node:child_process';
import type { Host } from '@ferry/model';

/** What of its output is kept for the answer, of its end. */
const keptBytes = 2_000;
const lastWordsMs = 500;

/** What of the controller's own environment a hook gets: nothing in which secrets of the controller stand. */
const handedOn = new Set(['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ']);
/** Variables that the owner of the controller sets for the hook. */
const ownPrefix = 'FERRY_HOOK_';

/** How a hook is run. */
export interface HookRun {
  /** At this deadline it is killed with all that it has started. */
  readonly limitMs: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Kills it, too. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a program of the controller's owner on a host: it gets the host's name as its argument, the name, id and URI as
 * FERRY_HOST, FERRY_HOST_ID and FERRY_HOST_URI, and says by its exit code 0 that it has done it. Gives why it has not, with
 * its last words; null: it has. Never rejects.
 */
export async function runHook(
  hook: string,
  host: Pick<Host, 'name' | 'id' | 'uri'>,
  { limitMs, env = process.env, signal }: HookRun,
): Promise<string | null> {
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
  const stopped = (): void => resolve('was stopped with the controller');
  signal?.addEventListener('abort', stopped, { once: true });
  if (signal?.aborted === true) stopped();
  child.once('error', (error) => resolve(error.message));
  // What it left behind may hold its output open: that it ended is what counts, and its last words come soon after.
  child.once('exit', (code, ending) => {
    const ended = ending === null ? `ended with ${code}` : `ended by ${ending}`;
    const done = (): void => resolve(code === 0 ? null : ended);
    child.once('close', done);
    setTimeout(done, lastWordsMs).unref();
  });
  const why = await promise;
  clearTimeout(deadline);
  signal?.removeEventListener('abort', stopped);
  if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  if (why === null) return null;
  const words = said
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return `${why}${words === '' ? '' : `. It says: ${words}`}`;
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
