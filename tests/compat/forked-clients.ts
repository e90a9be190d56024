import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClientResult } from './client.ts';

const program = join(import.meta.dirname, 'fork-clients.py');

/** A Python that has loaded the clients' modules once and forks for each run of one (fork-clients.py). */
export class ForkedClients {
  readonly #folder: string;
  readonly #server: ChildProcess;
  readonly #ready: Promise<unknown>;
  #runs = 0;

  /** `folder`: for its socket and what runs print. `environment`: what each run has at least; home and locale are of it. */
  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#server = spawn('/usr/bin/python3', [program, this.#socket], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(this.#server, 'exit').then(() => {
      throw new Error('the Python that runs the clients has ended');
    });
    this.#ready = Promise.race([once(this.#server.stdout ?? this.#server, 'data'), ended]);
    // Told to whoever runs a client.
    this.#ready.catch(() => undefined);
    ended.catch(() => undefined);
  }

  /** Without waiting: it ends when nobody holds its standard input any more. */
  [Symbol.dispose](): void {
    this.#server.stdin?.end();
  }

  /** Whether it can run this program. */
  knows([name = '']: readonly string[]): boolean {
    return ['openstack', 'nova', 'python3'].includes(name);
  }

  /** Runs a client to its end; it is killed at the deadline, in milliseconds. */
  async run(
    argv: readonly string[],
    env: NodeJS.ProcessEnv,
    input: string,
    deadlineMs: number,
  ): Promise<ClientResult> {
    await this.#ready;
    this.#runs += 1;
    const run = this.#runs;
    const [stdin, stdout, stderr] = ['in', 'out', 'err'].map((name) =>
      join(this.#folder, `run-${run}.${name}`),
    );
    if (stdin === undefined || stdout === undefined || stderr === undefined) throw new Error('three names');
    for (const [path, text] of [
      [stdin, input],
      [stdout, ''],
      [stderr, ''],
    ] as const)
      writeFileSync(path, text);
    const code = await this.#ask({ argv, env, stdin, stdout, stderr }, deadlineMs);
    return { code, stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8') };
  }

  get #socket(): string {
    return join(this.#folder, 'clients.sock');
  }

  async #ask(job: object, deadlineMs: number): Promise<number | null> {
    const connection = createConnection(this.#socket);
    let timer: NodeJS.Timeout | undefined;
    try {
      connection.write(`${JSON.stringify(job)}\n`);
      for await (const line of createInterface({ input: connection })) {
        const told = JSON.parse(line) as { pid?: number; code?: number | null };
        if (told.code !== undefined) return told.code;
        const { pid } = told;
        if (pid !== undefined) timer = setTimeout(() => process.kill(pid, 'SIGKILL'), deadlineMs);
      }
      throw new Error('the Python that runs the clients has let go of a run');
    } finally {
      clearTimeout(timer);
      connection.destroy();
    }
  }
}
