import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cablesOf } from './fabric.ts';
import type { HostSettings } from './host-files.ts';
import { LabError } from './lab-error.ts';
import { labEnvironment, type LabPaths } from './lab-paths.ts';
import { Libvirtd } from './libvirtd.ts';
import {
  childrenOf,
  commandLine,
  type ProcessMark,
  processesInNamespaces,
  processIsAlive,
  processStart,
  until,
} from './processes.ts';
import { recipeOf, type Release } from './recipe.ts';
import { must, run, type RunOptions, type RunResult } from './run.ts';
import { dropRules, type TrafficFilter } from './traffic-filter.ts';

const hostPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** One host of a lab. */
export class LabHost {
  readonly name: string;
  readonly address: string;
  readonly uuid: string;
  /** As the other hosts and the controller's namespace reach it. */
  readonly uri: string;
  readonly namespace: string;
  /** libvirtd's unix socket as seen from the machine: a path reaches across network namespaces. The same over all boots. */
  readonly socketPath: string;
  readonly libvirtd: Libvirtd;
  readonly #directory: string;
  readonly #paths: LabPaths;
  readonly #number: number;
  readonly #release: Release;

  constructor(paths: LabPaths, settings: HostSettings) {
    this.name = settings.name;
    this.address = settings.address;
    this.uuid = settings.uuid;
    this.uri = `qemu+tcp://${settings.address}/system`;
    this.namespace = paths.namespace(settings.name);
    this.#directory = paths.host(settings.name);
    this.#paths = paths;
    this.#number = settings.number;
    this.#release = settings.release;
    this.socketPath = join(this.#directory, 'run/libvirt-sock');
    this.libvirtd = new Libvirtd(this);
  }

  /** Process 1 of the host; null while it is off. */
  get pid(): number | null {
    try {
      const mark = JSON.parse(readFileSync(join(this.#directory, 'pid.json'), 'utf8')) as ProcessMark;
      return processIsAlive(mark) ? mark.pid : null;
    } catch {
      return null;
    }
  }

  /** The host's own file as seen from the machine. */
  pathOnMachine(path: string): string {
    return `/proc/${this.#needPid()}/root${path}`;
  }

  /** Boots the host and waits until its libvirtd answers. */
  async powerOn(): Promise<void> {
    if (this.pid !== null) return;
    const log = openSync(join(this.#directory, 'boot.out'), 'w');
    const apart = ['unshare', '-m', '-u', '-i', '-p', '-f', '--kill-child', '--mount-proc'];
    const argv = ['netns', 'exec', this.namespace, ...apart, 'bash', join(this.#directory, 'boot.sh')];
    const env = labEnvironment(this.#paths, { PATH: hostPath });
    const child = spawn('ip', argv, { detached: true, stdio: ['ignore', log, log], env });
    closeSync(log);
    child.unref();
    const outer = child.pid ?? 0;
    const pid = await until(`${this.name}: process 1`, 10_000, () => childrenOf(outer)[0] ?? null);
    const mark: ProcessMark = { pid, start: processStart(pid) ?? '' };
    writeFileSync(join(this.#directory, 'pid.json'), JSON.stringify(mark));
    await Promise.race([this.libvirtd.waitAnswering(), this.#bootEnds(child)]);
  }

  /** Rejects with what the boot printed, should it end. */
  #bootEnds(child: ChildProcess): Promise<never> {
    return new Promise((_, reject) => {
      child.once('exit', () => {
        const said = readFileSync(join(this.#directory, 'boot.out'), 'utf8').trim();
        reject(new LabError(`${this.name} did not boot: ${said || 'it was powered off meanwhile'}`));
      });
    });
  }

  /** A power cut: every process of the host ends at once, its disk stays. */
  async powerOff(): Promise<void> {
    const { pid } = this;
    if (pid === null) return;
    process.kill(pid, 'SIGKILL');
    await until(`${this.name}: power off`, 10_000, async () => (await this.processes()).length === 0 || null);
  }

  /** Runs a command inside the host. */
  exec(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run([...this.#enter(), ...argv], { ...options, env: labEnvironment(this.#paths, options.env) });
  }

  /** Runs a command inside the host that must succeed; gives what it printed. */
  execOk(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return must([...this.#enter(), ...argv], { ...options, env: labEnvironment(this.#paths, options.env) });
  }

  /** Starts a process inside the host. */
  spawn(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [file = '', ...rest] = [...this.#enter(), ...argv];
    return spawn(file, rest, { ...options, env: labEnvironment(this.#paths, options.env) });
  }

  /** `virsh` on the host's own libvirtd; must succeed. */
  virsh(...words: string[]): Promise<string> {
    return this.execOk(['virsh', '-q', ...words]);
  }

  /** Numbers of all processes of the host, as the machine counts them. */
  processes(): Promise<number[]> {
    return Promise.resolve(processesInNamespaces([this.namespace]));
  }

  /** The QEMU process of a domain, from the process table; null when there is none. */
  async qemuPid(domain: string): Promise<number | null> {
    for (const pid of await this.processes()) {
      const words = commandLine(pid);
      if (
        words[0]?.includes('qemu-system') === true &&
        words.some((word) => word.startsWith(`guest=${domain},`))
      )
        return pid;
    }
    return null;
  }

  async killQemu(domain: string): Promise<void> {
    const pid = await this.qemuPid(domain);
    if (pid === null) throw new LabError(`${this.name} runs no QEMU of ${domain}`);
    process.kill(pid, 'SIGKILL');
  }

  /** Drops packets from or to an address; returns what takes the rule away again. Open connections hang, none is told. */
  async dropTraffic(which: TrafficFilter): Promise<() => Promise<void>> {
    const nft = ['ip', 'netns', 'exec', this.namespace, 'nft'];
    const table = `lab${randomBytes(4).toString('hex')}`;
    await must([...nft, '-f', '-'], { input: dropRules(table, which) });
    return async () => {
      await must([...nft, 'delete', 'table', 'inet', table]);
    };
  }

  /** Ends the host's open TCP connections with an address, as its kernel does after long silence. The other end is told if a packet gets there. */
  async breakConnections(address: string): Promise<void> {
    await this.execOk(['ss', '--kill', '--tcp', 'dst', address]);
    const left = await this.execOk(['ss', '--no-header', '--tcp', 'state', 'established', 'dst', address]);
    if (left.trim() !== '')
      throw new LabError(`${this.name}: the kernel does not end connections (INET_DIAG_DESTROY):\n${left}`);
  }

  /** Pulls the host's cables, its guests' too; returns what puts them in again. */
  async unplug(): Promise<() => Promise<void>> {
    const set = async (state: 'up' | 'down'): Promise<void> => {
      for (const cable of cablesOf(this.#number))
        await must(['ip', '-n', this.#paths.fabric, 'link', 'set', cable, state]);
    };
    await set('down');
    return () => set('up');
  }

  #enter(): string[] {
    const nsenter = [
      'nsenter',
      '-t',
      String(this.#needPid()),
      '-m',
      '-u',
      '-i',
      '-n',
      '-p',
      '-r',
      '-w',
      '--',
    ];
    return [...nsenter, 'env', `PATH=${hostPath}`, 'HOME=/root'];
  }

  #needPid(): number {
    const { pid } = this;
    if (pid === null) throw new LabError(`${this.name} is off: power it on first`);
    return pid;
  }

  /** Keeps what libvirt found out about QEMU for the hosts of later labs. */
  keepCapabilities(): void {
    const { capabilityCache } = recipeOf(this.#release);
    const found = this.pathOnMachine('/var/cache/libvirt/qemu/capabilities');
    if (existsSync(capabilityCache) || !existsSync(found)) return;
    const copy = `${capabilityCache}.${process.pid}`;
    cpSync(found, copy, { recursive: true, preserveTimestamps: true });
    if (existsSync(capabilityCache)) rmSync(copy, { recursive: true });
    else renameSync(copy, capabilityCache);
  }
}
