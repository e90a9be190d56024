import { readFileSync } from 'node:fs';
import { LabError } from './lab-error.ts';
import { commandLine, until } from './processes.ts';

/** What the daemon needs of its host. */
interface Surroundings {
  readonly name: string;
  processes(): Promise<number[]>;
  exec(argv: readonly string[]): Promise<{ code: number | null }>;
  execOk(argv: readonly string[]): Promise<string>;
}

/** The libvirtd of one host, to be killed, frozen and started again. */
export class Libvirtd {
  readonly #host: Surroundings;

  constructor(host: Surroundings) {
    this.#host = host;
  }

  /** Its process, from the process table; null when it does not run. */
  async pid(): Promise<number | null> {
    for (const pid of await this.#host.processes())
      if (/(^|\/)libvirtd$/.test(commandLine(pid)[0] ?? '')) return pid;
    return null;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const pid = await this.#need();
    process.kill(pid, signal);
    await until(`${this.#host.name}: libvirtd gone`, 10_000, async () =>
      (await this.pid()) === pid ? null : true,
    );
  }

  /** Stops it in its tracks: connections stay open, nothing is answered. */
  async freeze(): Promise<void> {
    process.kill(await this.#need(), 'SIGSTOP');
  }

  async thaw(): Promise<void> {
    process.kill(await this.#need(), 'SIGCONT');
  }

  async isFrozen(): Promise<boolean> {
    const pid = await this.pid();
    return pid !== null && /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  }

  /** Starts it when it does not run, and waits until it answers. */
  async start(): Promise<void> {
    if ((await this.pid()) === null) {
      await this.#host.exec(['rm', '-f', '/run/libvirtd.pid']);
      await this.#host.execOk(['libvirtd', '-d', '--listen', '--pid-file', '/run/libvirtd.pid']);
    }
    await this.waitAnswering();
  }

  /** Ends it as a package upgrade does, and starts it again. */
  async restart(): Promise<void> {
    await this.kill('SIGTERM');
    await this.start();
  }

  async waitAnswering(): Promise<void> {
    await until(`${this.#host.name}: libvirtd answers`, 30_000, async () =>
      (await this.#host.exec(['virsh', '-q', '-c', 'qemu:///system', 'pool-list'])).code === 0 ? true : null,
    );
  }

  async #need(): Promise<number> {
    const pid = await this.pid();
    if (pid === null) throw new LabError(`${this.#host.name} runs no libvirtd`);
    return pid;
  }
}
