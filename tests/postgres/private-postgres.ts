import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const startMs = 30_000;

/** A PostgreSQL of the test's own, reached over a unix socket in a folder of its own; nothing is left of it afterwards. */
export class PrivatePostgres implements AsyncDisposable {
  readonly #folder: string;
  readonly #own: boolean;
  #server: ChildProcess | null = null;

  private constructor(folder: string, own: boolean) {
    this.#folder = folder;
    this.#own = own;
  }

  /** `folder`: an empty one of the caller's, who takes it away; in memory when not given. */
  static async start(folder?: string): Promise<PrivatePostgres> {
    const postgres = new PrivatePostgres(
      folder ?? mkdtempSync(join(temporary, 'ferry-pg-')),
      folder === undefined,
    );
    try {
      postgres.#makeCluster();
      await postgres.run();
      return postgres;
    } catch (error) {
      await postgres[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The URL of the database that is always there. */
  get url(): string {
    return `postgres://ferry@localhost/postgres?host=${encodeURIComponent(this.#folder)}`;
  }

  /** Starts the server when it does not run, and waits until it answers. */
  async run(): Promise<void> {
    if (this.#server !== null && this.#server.exitCode === null && this.#server.signalCode === null) {
      if (this.#answers()) return;
      await this.#end('SIGQUIT');
    }
    const small = this.#own ? [] : ['min_wal_size=2MB', 'max_wal_size=8MB'];
    const settings = ['listen_addresses=', 'fsync=off', 'max_connections=200', ...small].flatMap((one) => [
      '-c',
      one,
    ]);
    const argv = asPostgres(program('postgres'), '-D', this.#data, '-k', this.#folder, ...settings);
    this.#server = spawn(argv[0] ?? '', argv.slice(1), { stdio: 'ignore' });
    const until = Date.now() + startMs;
    while (!this.#answers()) {
      if (Date.now() > until) throw new Error(`PostgreSQL did not answer within ${startMs} ms`);
      await sleep(50);
    }
  }

  /** Ends the server at once, as a crash does: the next start recovers from its log. */
  async crash(): Promise<void> {
    await this.#end('SIGQUIT');
  }

  async #end(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGINT');
    if (this.#own) rmSync(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  #makeCluster(): void {
    if (process.geteuid?.() === 0) {
      const [uid, gid] = ['-u', '-g'].map((flag) =>
        Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
      );
      chownSync(this.#folder, uid ?? 0, gid ?? 0);
    }
    const settings = ['-D', this.#data, '-U', 'ferry', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    // Small pieces of log: on a small disk there is room for them, and a full one is met at once.
    if (!this.#own) settings.push('--wal-segsize=1');
    const argv = asPostgres(program('initdb'), ...settings);
    execFileSync(argv[0] ?? '', argv.slice(1), { stdio: 'pipe', cwd: this.#folder });
  }

  #answers(): boolean {
    return spawnSync(program('pg_isready'), ['-q', '-h', this.#folder]).status === 0;
  }
}

/** Where Debian keeps the server's programs: one folder for each version; the newest. */
function binaries(): string | null {
  return globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1) ?? null;
}

function program(name: string): string {
  const folder = binaries();
  if (folder === null) throw new Error('PostgreSQL is not on this machine: install the package postgresql');
  return join(folder, name);
}

/** The server refuses to run as root, and ends with whoever started it, also when that is killed. */
function asPostgres(...argv: readonly string[]): string[] {
  const user = ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'];
  return ['setpriv', ...(process.geteuid?.() === 0 ? user : []), '--pdeathsig', 'INT', ...argv];
}
