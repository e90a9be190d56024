import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ForkedClients } from './forked-clients.ts';

/** How a client ended. */
export interface ClientResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program; a lab's `spawnInCtl` where the controller is in a network of its own. */
export type Spawn = (
  argv: readonly string[],
  options: { env: NodeJS.ProcessEnv; stdio: ['pipe', 'pipe', 'pipe'] },
) => ChildProcess;

const deadlineMs = 60_000;

const spawnHere: Spawn = ([file = '', ...rest], options) => spawn(file, rest, options);

/**
 * OpenStack's own clients, Debian's packages, each run a process with a fresh environment and a home of its own. Where
 * they run on this machine, their modules are loaded once; `runPlainly` starts the program as a person does.
 */
export class OpenStackClients implements Disposable {
  readonly #home: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #spawn: Spawn;
  readonly #forked: { clients: ForkedClients | null } | null;

  private constructor(
    environment: NodeJS.ProcessEnv,
    how: {
      readonly spawn: Spawn;
      readonly home: string;
      readonly forked: { clients: ForkedClients | null } | null;
    },
  ) {
    this.#home = how.home;
    this.#environment = environment;
    this.#spawn = how.spawn;
    this.#forked = how.forked;
  }

  /** On this machine. `environment`: `OS_…`, as an openrc file has them. */
  static here(environment: NodeJS.ProcessEnv): OpenStackClients {
    return new OpenStackClients(environment, {
      spawn: spawnHere,
      home: newHome(),
      forked: { clients: null },
    });
  }

  /** Wherever `start` starts programs. */
  static startedBy(start: Spawn, environment: NodeJS.ProcessEnv): OpenStackClients {
    return new OpenStackClients(environment, { spawn: start, home: newHome(), forked: null });
  }

  [Symbol.dispose](): void {
    this.#forked?.clients?.[Symbol.dispose]();
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** The same clients for somebody else; they share this one's home. */
  as(environment: NodeJS.ProcessEnv): OpenStackClients {
    const how = { spawn: this.#spawn, home: this.#home, forked: this.#forked };
    return new OpenStackClients({ ...this.#environment, ...environment }, how);
  }

  /** `openstack WORDS -f json`, which must succeed; what it printed, read. */
  async openstack<T = unknown>(...words: string[]): Promise<T> {
    const { stdout } = await this.#must('openstack', ...words, '-f', 'json');
    return JSON.parse(stdout) as T;
  }

  /** `openstack WORDS`, for those that print nothing, or fail. */
  runOpenstack(...words: string[]): Promise<ClientResult> {
    return this.run(['openstack', ...words]);
  }

  /** `nova WORDS`, which must succeed: a row each, by the headings of the table that it prints. */
  async nova(...words: string[]): Promise<Record<string, string>[]> {
    return readTable((await this.#must('nova', ...words)).stdout);
  }

  /** A Python program with `conn`, the SDK's connection: many requests for the price of one start. It prints JSON. */
  async sdk<T = unknown>(program: string): Promise<T> {
    const head = 'import json, openstack\nconn = openstack.connect()\n';
    const result = await this.run(['python3', '-'], head + program);
    if (result.code !== 0) throw new Error(`the SDK's program ended with ${result.code}: ${result.stderr}`);
    return JSON.parse(result.stdout) as T;
  }

  /** Runs a client to its end; it is killed when it takes a minute. */
  run(argv: readonly string[], input = ''): Promise<ClientResult> {
    const forked = this.#forked;
    if (forked === null) return this.runPlainly(argv, input);
    forked.clients ??= new ForkedClients(this.#home, this.#basis);
    const { clients } = forked;
    if (!clients.knows(argv)) return this.runPlainly(argv, input);
    return clients.run(argv, { ...this.#basis, ...this.#environment }, input, deadlineMs);
  }

  /** The same by starting the program itself. */
  runPlainly(argv: readonly string[], input = ''): Promise<ClientResult> {
    const child = this.#spawn(argv, {
      env: { ...this.#basis, ...this.#environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return new Promise((resolve, reject) => {
      const printed = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const) {
        child[stream]?.on('data', (part: Buffer) => {
          printed[stream] += part.toString('utf8');
        });
      }
      const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ code, ...printed });
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  }

  get #basis(): NodeJS.ProcessEnv {
    return { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: this.#home, PYTHONWARNINGS: 'ignore' };
  }

  async #must(...argv: string[]): Promise<ClientResult> {
    const result = await this.run(argv);
    if (result.code === 0) return result;
    throw new Error(`${argv.join(' ')} ended with ${result.code}:\n${result.stderr}${result.stdout}`);
  }
}

function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'ferry-clients-'));
}

/** The rows of a table drawn with `|`, as novaclient prints them. */
function readTable(text: string): Record<string, string>[] {
  const [headings = [], ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
  return rows.map((row) => Object.fromEntries(headings.map((heading, at) => [heading, row[at] ?? ''])));
}
