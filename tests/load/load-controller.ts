import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient } from '@ferry/api';
import type { SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { ToHosts } from './ask-of-hosts.ts';
import { serveHosts } from './serve-hosts.ts';

const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const program = join(import.meta.dirname, 'controller-process.ts');

/** How a controller of a load run is started. */
interface LoadSettings {
  /** Of PostgreSQL; null for a file of its own. */
  readonly database: string | null;
  readonly leaseMs: number;
  /** Of another controller on the same database; null: its own. */
  readonly keyFile: string | null;
}

/** A controller of a load run: a process with a data directory of its own, which can be killed and started again. */
export class LoadController implements AsyncDisposable {
  readonly #world: SimulatedWorld;
  readonly #database: string | null;
  readonly #leaseMs: number;
  readonly #dataDirectory = mkdtempSync(join(temporary, 'ferry-load-'));
  readonly keyFile: string;
  #process: ChildProcess | null = null;
  #socketUrl = 'unix:/nowhere';

  private constructor(world: SimulatedWorld, { database, leaseMs, keyFile }: LoadSettings) {
    this.#world = world;
    this.#database = database;
    this.#leaseMs = leaseMs;
    this.keyFile = keyFile ?? join(this.#dataDirectory, 'secret.key');
  }

  static async start(world: SimulatedWorld, settings: LoadSettings): Promise<LoadController> {
    const controller = new LoadController(world, settings);
    await controller.run();
    return controller;
  }

  get client(): FerryClient {
    const token = readFileSync(join(this.#dataDirectory, 'admin.token'), 'utf8').trim();
    return new FerryClient({ url: this.#socketUrl, token });
  }

  /** Where it keeps what it knows: an URL, or a file. */
  get where(): string {
    return this.#database ?? join(this.#dataDirectory, 'ferry.db');
  }

  /** Starts it, and waits until it listens. */
  async run(): Promise<void> {
    const args = [
      this.#dataDirectory,
      String(this.#leaseMs),
      this.keyFile,
      ...(this.#database === null ? [] : [this.#database]),
    ];
    // Under tests, what this process was started with is for tests alone.
    const started = fork(program, args, { serialization: 'advanced', execArgv: [] });
    this.#process = started;
    serveHosts(this.#world, started);
    this.#socketUrl = await new Promise<string>((resolve, reject) => {
      started.on('message', (message: ToHosts) => {
        if (message.kind === 'ready') resolve(message.socketUrl);
      });
      started.once('exit', (code, signal) =>
        reject(new Error(`a controller ended before it listened: ${signal ?? `exit ${code}`}`)),
      );
    });
  }

  /** By SIGKILL: what it was at is for others once its leases are over. */
  async kill(): Promise<void> {
    const killed = this.#process;
    this.#process = null;
    if (killed === null || killed.exitCode !== null || killed.signalCode !== null) return;
    const ended = once(killed, 'exit');
    killed.kill('SIGKILL');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#dataDirectory, { recursive: true, force: true });
  }
}
