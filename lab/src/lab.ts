import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGuest, type GuestOptions } from './create-guest.ts';
import { hostAddress, makeFabric, makeHostNetwork } from './fabric.ts';
import { GuestLink } from './guest-link.ts';
import { type HostSettings, newHostSettings, writeHostFiles } from './host-files.ts';
import { LabError } from './lab-error.ts';
import type { LabGuest } from './lab-guest.ts';
import { LabHost } from './lab-host.ts';
import { type LabPaths, labPaths } from './lab-paths.ts';
import { ensurePrerequisites, type Say } from './prerequisites.ts';
import { run, type RunOptions, type RunResult } from './run.ts';
import { takeDown } from './take-down.ts';

/** How a lab is to be. */
export interface LabOptions {
  readonly name?: string;
  readonly hosts: number;
  readonly say?: Say;
}

interface LabRecord {
  readonly hosts: readonly HostSettings[];
}

const firstHost = 11;
const mostHosts = 4;
const mostGuests = 12;

/** Real hosts in network namespaces, a network between them, and a namespace for the controller and its clients. */
export class Lab {
  readonly name: string;
  readonly hosts: readonly LabHost[];
  /** The controller's namespace; processes in it see the machine's files. */
  readonly ctlNamespace: string;
  readonly #paths: LabPaths;
  readonly #link: GuestLink;
  /** Numbers that are given out, over all processes that use the lab. */
  #guests: number;

  private constructor(paths: LabPaths, record: LabRecord) {
    this.name = paths.name;
    this.#paths = paths;
    this.ctlNamespace = paths.ctl;
    this.#link = new GuestLink(paths.ctl);
    this.#guests = definedGuests(paths);
    this.hosts = record.hosts.map((settings) => new LabHost(paths, settings));
  }

  /** Brings a lab up; what an earlier one of the same name left is taken down first, unless it still runs. */
  static async up(options: LabOptions): Promise<Lab> {
    const { hosts, name = 'main', say = () => undefined } = options;
    if (!Number.isInteger(hosts) || hosts < 1 || hosts > mostHosts) {
      throw new LabError(
        `A lab has 1 to ${mostHosts} hosts on a machine of this size; ${hosts} were asked for.`,
      );
    }
    await ensurePrerequisites(say);
    const paths = labPaths(name);
    if (
      existsSync(join(paths.directory, 'lab.json')) &&
      Lab.attach(name).hosts.some((host) => host.pid !== null)
    ) {
      throw new LabError(
        `The lab "${name}" runs already: use it, take it down with \`lab down --name ${name}\`, or choose another --name.`,
      );
    }
    await takeDown(name);
    mkdirSync(paths.shared, { recursive: true });
    const settings = Array.from({ length: hosts }, (_, index) =>
      newHostSettings(firstHost + index, hostAddress(firstHost + index)),
    );
    const record: LabRecord = { hosts: settings };
    writeFileSync(join(paths.directory, 'lab.json'), JSON.stringify(record));
    await makeFabric(paths);
    const lab = new Lab(paths, record);
    await Promise.all(
      lab.hosts.map(async (host, index) => {
        const one = settings[index] as HostSettings;
        await makeHostNetwork(paths, one.name, one.number);
        writeHostFiles(paths, one);
        await host.powerOn();
      }),
    );
    return lab;
  }

  /** A lab that was brought up before, by this process or another. */
  static attach(name = 'main'): Lab {
    const paths = labPaths(name);
    try {
      return new Lab(paths, JSON.parse(readFileSync(join(paths.directory, 'lab.json'), 'utf8')) as LabRecord);
    } catch (cause) {
      throw new LabError(`There is no lab "${name}": bring it up with \`lab up --name ${name}\`.`, { cause });
    }
  }

  /** A host by its name. */
  host(name: string): LabHost {
    const found = this.hosts.find((host) => host.name === name);
    if (found === undefined)
      throw new LabError(`The lab has ${this.hosts.map((host) => host.name).join(', ')}, no ${name}.`);
    return found;
  }

  /** Makes a guest; its number, and with it its address, is the next free one. */
  async createGuest(options: GuestOptions): Promise<LabGuest> {
    if (this.#guests >= mostGuests)
      throw new LabError(`A lab has at most ${mostGuests} guests on a machine of this size.`);
    this.#guests += 1;
    appendFileSync(join(this.#paths.directory, 'guests'), `${options.name}\n`);
    const guest = await createGuest(this.#link, this.#guests, options);
    options.host.keepCapabilities();
    return guest;
  }

  /** Runs a command in the controller's namespace. */
  execInCtl(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(['ip', 'netns', 'exec', this.ctlNamespace, ...argv], options);
  }

  /** Starts a process in the controller's namespace. */
  spawnInCtl(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.ctlNamespace, ...argv], options);
  }

  /** Names of the hosts on which a QEMU of this domain runs, from the process tables. */
  async runners(domain: string): Promise<string[]> {
    const found = await Promise.all(
      this.hosts.map(async (host) => ((await host.qemuPid(domain)) === null ? null : host.name)),
    );
    return found.filter((name) => name !== null);
  }

  /** Ends what this process holds of the lab, and leaves the lab up. */
  close(): void {
    this.#link.close();
  }

  /** Takes everything down; nothing of the lab is left on the machine. */
  async down(): Promise<void> {
    this.close();
    await takeDown(this.#paths.name);
  }
}

/** How many guests were ever made in a lab: a count of a file's lines, so that two commands do not give one number twice. */
function definedGuests(paths: LabPaths): number {
  try {
    return readFileSync(join(paths.directory, 'guests'), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}
