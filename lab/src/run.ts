import { type SpawnOptions, spawn } from 'node:child_process';
import { LabError } from './lab-error.ts';

/** How a command ended. `code` is null when a signal ended it. */
export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface RunOptions {
  readonly input?: string;
  /** Milliseconds; 60,000 when not given. The command is killed then. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command to its end. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [file = '', ...rest] = argv;
  // A group of its own: nsenter and ip start the command as a child, which must end with them.
  const settings: SpawnOptions = { stdio: ['pipe', 'pipe', 'pipe'], detached: true };
  if (options.cwd !== undefined) settings.cwd = options.cwd;
  if (options.env !== undefined) settings.env = options.env;
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, settings);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const timer = setTimeout(killGroup, options.timeoutMs ?? 60_000, child.pid);
    child.stdout?.on('data', (part: Buffer) => out.push(part));
    child.stderr?.on('data', (part: Buffer) => err.push(part));
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new LabError(`${file} could not be started: ${cause.message}`, { cause }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        code,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      });
    });
    // A command that does not read its input may be gone before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago.
  }
}

/** Runs a command that must succeed; gives what it printed. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) {
    // The end of what it printed holds the reason; an installer prints thousands of lines.
    const reason = (stderr || stdout).trim().split('\n').slice(-15).join('\n');
    throw new LabError(
      `${argv.join(' ')}: ${code === null ? 'killed, or too slow' : `exit ${code}`}: ${reason}`,
    );
  }
  return stdout;
}
