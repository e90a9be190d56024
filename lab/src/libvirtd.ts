import { readFileSync } from 'node:fs';
import { LabError } from './lab-error.ts';
import { commandLine, processIsAlive, processStart, until } from './processes.ts';

/** What the daemon needs of its host. */
interface Surroundings {
  readonly name: string;
  processes(): Promise<number[]>;
  exec(argv: readonly string[]): Promise<{ code: number | null; stderr: string }>;
}

/**
 * How long its end may take: asked to end, it waits up to 30 s for calls that are still worked at, and then leaves them
 * (`virNetDaemonRun` in libvirt's `virnetdaemon.c`).
 */
const longestEndMs = 45_000;

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
    const mark = { pid, start: processStart(pid) ?? '' };
    process.kill(pid, signal);
    // A process that ends loses its command line first and its sockets later: only its end sets the ports free.
    await until(`${this.#host.name}: libvirtd gone`, longestEndMs, () =>
      processIsAlive(mark) ? null : true,
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
      await this.#launch();
    }
    await this.waitAnswering();
  }

  /** Starts it as a service manager would: again, should it not come up, as when a port is not free yet. */
  async #launch(): Promise<void> {
    let said = '';
    const up = async (): Promise<true | null> => {
      const { code, stderr } = await this.#host.exec([
        'libvirtd',
        '-d',
        '--listen',
        '--pid-file',
        '/run/libvirtd.pid',
      ]);
      said = stderr.trim();
      return code === 0 ? true : null;
    };
    await until(`${this.#host.name}: libvirtd starts`, 10_000, up).catch((error: unknown) => {
      throw new LabError(`${this.#host.name}: libvirtd does not start: ${said}`, { cause: error });
    });
  }

  /** Ends it as a package upgrade does, and starts it again: one that does not end is killed, as a service manager kills it. */
  async restart(): Promise<void> {
    await this.kill('SIGTERM').catch(() => this.kill());
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
