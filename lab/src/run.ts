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
  const settings: SpawnOptions = { stdio: ['pipe', 'pipe', 'pipe'] };
  if (options.cwd !== undefined) settings.cwd = options.cwd;
  if (options.env !== undefined) settings.env = options.env;
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, settings);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
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

/** Runs a command that must succeed; gives what it printed. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0)
    throw new LabError(`${argv.join(' ')}: exit ${code ?? 'by signal'}: ${(stderr || stdout).trim()}`);
  return stdout;
}
