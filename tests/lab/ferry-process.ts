import { request } from 'node:http';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient } from '@ferry/api';
import { type Lab, type RunResult, until } from '@ferry/lab';
import { ferryCommand } from '../ferry-command.ts';

/** How a controller of a test differs from the usual one. */
export interface FerryProcessOptions {
  /** Added to its environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where to make its data directory. */
  readonly folder?: string;
}

/** A real `ferry serve` in the lab's controller namespace, to be killed and started again. */
export class FerryProcess {
  readonly dataDirectory: string;
  readonly #lab: Lab;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  #log = '';

  constructor(lab: Lab, { env = {}, folder = tmpdir() }: FerryProcessOptions = {}) {
    this.#lab = lab;
    this.#env = env;
    this.dataDirectory = mkdtempSync(join(folder, 'ferry-lab-test-'));
  }

  /** Its process; null while it does not run. */
  get pid(): number | null {
    const child = this.#child;
    return child === null || child.exitCode !== null || child.signalCode !== null
      ? null
      : (child.pid ?? null);
  }

  /** What the controller printed, for a failed test. */
  get log(): string {
    return this.#log;
  }

  get client(): FerryClient {
    const token = readFileSync(join(this.dataDirectory, 'admin.token'), 'utf8').trim();
    return new FerryClient({ url: `unix:${this.#socket}`, token });
  }

  /** What the owner of a controller does for hosts whose URIs name files or programs of it: read at once, without a start. */
  allow(uris: readonly string[]): void {
    const file = join(this.dataDirectory, 'hosts.yaml');
    writeFileSync(file, JSON.stringify({ uris }), { mode: 0o600 });
  }

  async start(...more: string[]): Promise<void> {
    const argv = [
      ferryCommand,
      'serve',
      '--data-dir',
      this.dataDirectory,
      ...(more.includes('--listen') ? [] : ['--listen', 'none']),
      '--log-level',
      'debug',
      // Rounds that tests need not wait for; the pauses of production are longer.
      '--watch-interval',
      '1',
      '--retry-interval',
      '2',
      // Looks at hosts that no test expects; those that need them ask for them.
      ...(more.includes('--definition-age') ? [] : ['--definition-age', '0']),
      ...(more.includes('--doctor-interval') ? [] : ['--doctor-interval', '0']),
      // Last, where they count more than what stands before.
      ...more,
    ];
    const child = this.#lab.spawnInCtl(argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#env },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (part: Buffer) => {
        this.#log += part.toString('utf8');
      });
    }
    this.#child = child;
    await until('ferry serve answers', 120_000, async () => {
      if (child.exitCode !== null) throw new Error(`ferry serve ended: ${this.#log}`);
      if (!existsSync(this.#socket)) return null;
      return this.client.health().catch(() => null);
    });
  }

  /** SIGKILL: no goodbye, as when the machine loses power. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Stops it and forgets its data. */
  async remove(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  /** One request to the compute API, in its newest microversion, over the unix socket. */
  compute(method: string, path: string, body?: unknown): Promise<{ status: number; body: string }> {
    const headers = {
      'x-auth-token': readFileSync(join(this.dataDirectory, 'admin.token'), 'utf8').trim(),
      'openstack-api-version': 'compute latest',
      'content-type': 'application/json',
    };
    return new Promise((resolve, reject) => {
      const options = { socketPath: this.#socket, path: `/v2.1${path}`, method, headers };
      const sent = request(options, (response) => {
        let told = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          told += part;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: told }));
        response.once('error', reject);
      });
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Runs the command line against it, as a person would. */
  run(...words: string[]): Promise<RunResult> {
    return new Promise((resolve) => {
      const child = spawn(ferryCommand, [...words], {
        env: { ...process.env, FERRY_DATA: this.dataDirectory },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (part: Buffer) => {
        stdout += part.toString('utf8');
      });
      child.stderr.on('data', (part: Buffer) => {
        stderr += part.toString('utf8');
      });
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  get #socket(): string {
    return join(this.dataDirectory, 'ferry.sock');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill(signal);
    await gone;
  }
}
