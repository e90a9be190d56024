import { spawn } from 'node:child_process';

/** What of its output is kept for the answer, of its end. */
const keptBytes = 2_000;
const lastWordsMs = 500;

/** What of the controller's own environment a hook gets: nothing in which secrets of the controller stand. */
const handedOn = new Set(['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ']);
/** Variables that the owner of the controller sets for the hook. */
const ownPrefix = 'FERRY_HOOK_';

/** A program of the controller's owner, and what it is given. */
export interface HookCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly limitMs: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** How it ended. */
export interface HookEnd {
  readonly kind: 'done' | 'failed' | 'late';
  /** Why it did not end well, in words; empty when it did. */
  readonly why: string;
  /** The end of what it said, in one line. */
  readonly says: string;
}

/**
 * Runs a hook: by its exit code 0 it says that what it is for is done. At the deadline it is killed with all that it has
 * started. It gets a closed list of the controller's variables. Throws what the signal was aborted with.
 */
export async function runHook({
  program,
  args,
  variables,
  limitMs,
  env = process.env,
  signal,
}: HookCall): Promise<HookEnd> {
  signal?.throwIfAborted();
  const given = Object.entries(env).filter(([one]) => handedOn.has(one) || one.startsWith(ownPrefix));
  // A group of its own, so that it ends with its children.
  const child = spawn(program, args, {
    env: { ...Object.fromEntries(given), ...variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = Buffer.alloc(0);
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      said = Buffer.concat([said, piece.subarray(-keptBytes)]).subarray(-keptBytes);
    });
  const { promise, resolve } = Promise.withResolvers<Omit<HookEnd, 'says'>>();
  const late = (): void => resolve({ kind: 'late', why: `did not end within ${limitMs / 1000} s` });
  const deadline = setTimeout(late, limitMs);
  signal?.addEventListener('abort', late, { once: true });
  child.once('error', (error) => resolve({ kind: 'failed', why: error.message }));
  // What it left behind may hold its output open: that it ended is what counts, and its last words come soon after.
  child.once('exit', (code, by) => {
    const why = by === null ? `ended with ${code}` : `ended by ${by}`;
    const done = (): void => resolve(code === 0 ? { kind: 'done', why: '' } : { kind: 'failed', why });
    child.once('close', done);
    setTimeout(done, lastWordsMs).unref();
  });
  const end = await promise;
  clearTimeout(deadline);
  signal?.removeEventListener('abort', late);
  if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  signal?.throwIfAborted();
  const says = said
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return { ...end, says };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
