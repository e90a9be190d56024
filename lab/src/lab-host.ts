import { spawn } from 'node:child_process';
import { cpSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSettings } from './host-files.ts';
import { LabError } from './lab-error.ts';
import type { LabPaths } from './lab-paths.ts';
import { Libvirtd } from './libvirtd.ts';
import {
  childrenOf,
  commandLine,
  type ProcessMark,
  processIsAlive,
  processStart,
  until,
} from './processes.ts';
import { capabilityCache } from './recipe.ts';
import { must, run, type RunOptions, type RunResult } from './run.ts';

/** One host of a lab. */
export class LabHost {
  readonly name: string;
  readonly address: string;
  readonly uuid: string;
  /** As the other hosts and the controller's namespace reach it. */
  readonly uri: string;
  readonly namespace: string;
  readonly libvirtd: Libvirtd;
  readonly #directory: string;

  constructor(paths: LabPaths, settings: HostSettings) {
    this.name = settings.name;
    this.address = settings.address;
    this.uuid = settings.uuid;
    this.uri = `qemu+tcp://${settings.address}/system`;
    this.namespace = paths.namespace(settings.name);
    this.#directory = paths.host(settings.name);
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

  /** libvirtd's unix socket as seen from the machine: a path reaches across network namespaces. */
  get socketPath(): string {
    return `/proc/${this.#needPid()}/root/run/libvirt/libvirt-sock`;
  }

  /** The host's own file as seen from the machine. */
  pathOnMachine(path: string): string {
    return `/proc/${this.#needPid()}/root${path}`;
  }

  /** Boots the host and waits until its libvirtd answers. */
  async powerOn(): Promise<void> {
    if (this.pid !== null) return;
    const log = openSync(join(this.#directory, 'boot.out'), 'a');
    const argv = [
      'netns',
      'exec',
      this.namespace,
      'unshare',
      '-m',
      '-u',
      '-i',
      '-p',
      '-f',
      '--kill-child',
      '--mount-proc',
    ];
    const child = spawn('ip', [...argv, 'bash', join(this.#directory, 'boot.sh')], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    const outer = child.pid ?? 0;
    const pid = await until(`${this.name}: process 1`, 10_000, () => childrenOf(outer)[0] ?? null);
    const mark: ProcessMark = { pid, start: processStart(pid) ?? '' };
    writeFileSync(join(this.#directory, 'pid.json'), JSON.stringify(mark));
    await this.libvirtd.waitAnswering();
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
    return run([...this.#enter(), ...argv], options);
  }

  /** Runs a command inside the host that must succeed. */
  execOk(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return must([...this.#enter(), ...argv], options);
  }

  /** `virsh` on the host's own libvirtd; must succeed. */
  virsh(...words: string[]): Promise<string> {
    return this.execOk(['virsh', '-q', ...words]);
  }

  /** Numbers of all processes of the host, as the machine counts them. */
  async processes(): Promise<number[]> {
    const { stdout } = await run(['ip', 'netns', 'pids', this.namespace]);
    return stdout.split('\n').filter(Boolean).map(Number);
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

  /** Drops packets from or to an address; returns what takes the rule away again. */
  async dropTraffic(which: { to?: string; from?: string }): Promise<() => Promise<void>> {
    const table = `lab${Math.random().toString(36).slice(2, 8)}`;
    const rules = [`add table inet ${table}`];
    if (which.to !== undefined) {
      rules.push(`add chain inet ${table} o { type filter hook output priority 0; }`);
      rules.push(`add rule inet ${table} o ip daddr ${which.to} drop`);
    }
    if (which.from !== undefined) {
      rules.push(`add chain inet ${table} i { type filter hook input priority 0; }`);
      rules.push(`add rule inet ${table} i ip saddr ${which.from} drop`);
    }
    await must(['ip', 'netns', 'exec', this.namespace, 'nft', '-f', '-'], { input: rules.join('\n') });
    return async () => {
      await must(['ip', 'netns', 'exec', this.namespace, 'nft', 'delete', 'table', 'inet', table]);
    };
  }

  #enter(): string[] {
    const pid = String(this.#needPid());
    return [
      'nsenter',
      '-t',
      pid,
      '-m',
      '-u',
      '-i',
      '-n',
      '-p',
      '-r',
      '-w',
      '--',
      'env',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
    ];
  }

  #needPid(): number {
    const { pid } = this;
    if (pid === null) throw new LabError(`${this.name} is off: power it on first`);
    return pid;
  }

  /** Keeps what libvirt found out about QEMU for the hosts of later labs. */
  keepCapabilities(): void {
    const found = this.pathOnMachine('/var/cache/libvirt/qemu/capabilities');
    if (existsSync(capabilityCache) || !existsSync(found)) return;
    const copy = `${capabilityCache}.${process.pid}`;
    cpSync(found, copy, { recursive: true, preserveTimestamps: true });
    if (existsSync(capabilityCache)) rmSync(copy, { recursive: true });
    else renameSync(copy, capabilityCache);
  }
}
