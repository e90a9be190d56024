import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ControllerPlace } from './controller-place.ts';
import { createGuest, type GuestOptions } from './create-guest.ts';
import { hostAddress, makeFabric, makeHostNetwork } from './fabric.ts';
import { GuestLink } from './guest-link.ts';
import { type GuestRecord, GuestRecords, maxGuests } from './guest-records.ts';
import { type HostOptions, type HostSettings, newHostSettings, writeHostFiles } from './host-files.ts';
import { LabError } from './lab-error.ts';
import { LabGuest } from './lab-guest.ts';
import { LabHost } from './lab-host.ts';
import { type LabPaths, labPaths, stateDirectory } from './lab-paths.ts';
import { ensurePrerequisites, type Say } from './prerequisites.ts';
import type { RunOptions, RunResult } from './run.ts';
import { takeDown } from './take-down.ts';
import { withLock } from './with-lock.ts';

/** How a lab is to be. */
export interface LabOptions {
  /** `main` when not given. Labs of other names run side by side. */
  readonly name?: string;
  /** How many, or what each differs in. They are called compute11, compute12 and so on. */
  readonly hosts: number | readonly HostOptions[];
  readonly say?: Say;
}

/** Where a QEMU of a guest was seen, and the run state that libvirt gives it; null when libvirt does not say. */
export interface Runner {
  readonly host: string;
  readonly pid: number;
  readonly state: string | null;
}

interface LabRecord {
  readonly hosts: readonly HostSettings[];
  /** Whether all hosts came up. */
  readonly whole: boolean;
}

const firstHost = 11;
const maxHosts = 4;
/** More at once make each of them slower than one after the other. */
const bootsAtOnce = 4;

/** Real hosts in network namespaces, a network between them, and a namespace for the controller and its clients. */
export class Lab {
  readonly name: string;
  readonly hosts: readonly LabHost[];
  readonly ctl: ControllerPlace;
  readonly #link: GuestLink;
  readonly #guests: GuestRecords;

  private constructor(paths: LabPaths, hosts: readonly HostSettings[]) {
    this.name = paths.name;
    this.ctl = new ControllerPlace(paths);
    this.#link = new GuestLink(this.ctl);
    this.#guests = new GuestRecords(paths.directory);
    this.hosts = hosts.map((settings) => new LabHost(paths, settings));
  }

  /** Brings a lab up; what a killed one of the same name left is taken down first. */
  static async up(options: LabOptions): Promise<Lab> {
    const { name = 'main', say = () => undefined } = options;
    const wanted =
      typeof options.hosts === 'number'
        ? Array.from({ length: options.hosts }, (): HostOptions => ({}))
        : options.hosts;
    if (wanted.length < 1 || wanted.length > maxHosts) {
      throw new LabError(`A lab has 1 to ${maxHosts} hosts; ${wanted.length} were asked for.`);
    }
    const paths = labPaths(name);
    const hosts = wanted.map((one, index) =>
      newHostSettings(firstHost + index, hostAddress(firstHost + index), one),
    );
    await ensurePrerequisites(
      say,
      hosts.map(({ release }) => release),
    );
    mkdirSync(stateDirectory, { recursive: true });
    return withLock(stateDirectory, 120_000, async () => {
      if (readRecord(paths)?.whole === true && Lab.attach(name).hosts.some((host) => host.pid !== null)) {
        throw new LabError(
          `The lab "${name}" runs already: use it, take it down with \`lab down --name ${name}\`, or choose another --name.`,
        );
      }
      await takeDown(name);
      return Lab.#build(paths, hosts);
    });
  }

  static async #build(paths: LabPaths, settings: readonly HostSettings[]): Promise<Lab> {
    mkdirSync(paths.shared, { recursive: true });
    const lab = new Lab(paths, settings);
    const record = (whole: boolean): string => JSON.stringify({ hosts: settings, whole } satisfies LabRecord);
    writeFileSync(paths.record, record(false));
    try {
      await makeFabric(paths);
      await Promise.all(
        settings.map(async (one) => {
          await makeHostNetwork(paths, one.name, one.number);
          writeHostFiles(paths, one, settings);
          await lab.host(one.name).powerOn();
        }),
      );
    } catch (error) {
      await takeDown(paths.name);
      throw error;
    }
    writeFileSync(paths.record, record(true));
    return lab;
  }

  /** A lab that was brought up before, by this process or another. */
  static attach(name = 'main'): Lab {
    const paths = labPaths(name);
    const record = readRecord(paths);
    if (record === null)
      throw new LabError(`There is no lab "${name}": bring it up with \`lab up --name ${name}\`.`);
    if (!record.whole)
      throw new LabError(
        `The lab "${name}" did not come up whole: \`lab down --name ${name}\`, then up again.`,
      );
    return new Lab(paths, record.hosts);
  }

  /** A host by its name. */
  host(name: string): LabHost {
    const found = this.hosts.find((host) => host.name === name);
    if (found === undefined)
      throw new LabError(`The lab has ${this.hosts.map((host) => host.name).join(', ')}, no "${name}".`);
    return found;
  }

  /** The guests that were made in this lab, by whichever process. */
  guests(): LabGuest[] {
    return this.#guests.all().map((record) => new LabGuest(this.#link, record));
  }

  /** A guest by its name; the newest, should there be several of that name on different hosts. */
  guest(name: string): LabGuest {
    const found = this.guests().findLast((guest) => guest.name === name);
    if (found === undefined) throw new LabError(`The lab has no guest "${name}": see \`lab status\`.`);
    return found;
  }

  /** Makes a guest and starts it, without waiting for it; its number, and with it its address, is the next free one. */
  async createGuest(options: GuestOptions): Promise<LabGuest> {
    const number = this.#guests.claim(options.index);
    let record: GuestRecord;
    try {
      record = await createGuest(number, options);
    } catch (error) {
      this.#guests.release(number);
      throw error;
    }
    this.#guests.write(record);
    options.host.keepCapabilities();
    return new LabGuest(this.#link, record);
  }

  /** Makes guests, a few at a time, each of them waited for unless it is to stay off. */
  async createGuests(wanted: readonly GuestOptions[]): Promise<LabGuest[]> {
    if (wanted.length > maxGuests) throw new LabError(`A lab has at most ${maxGuests} guests.`);
    const made: LabGuest[] = [];
    const waiting = [...wanted.entries()];
    const boot = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, options] = next;
        const guest = await this.createGuest(options);
        if (options.off !== true) await guest.waitAlive();
        made[index] = guest;
      }
    };
    await Promise.all(Array.from({ length: bootsAtOnce }, boot));
    return made;
  }

  /** Runs a command in the controller's namespace: `ctl.exec`. */
  execInCtl(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.ctl.exec(argv, options);
  }

  /** Starts a process in the controller's namespace: `ctl.spawn`. */
  spawnInCtl(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.ctl.spawn(argv, options);
  }

  /** Names of the hosts on which a QEMU of this domain runs, from the process tables. */
  async runners(domain: string): Promise<string[]> {
    const found = await Promise.all(
      this.hosts.map(async (host) => ((await host.qemuPid(domain)) === null ? null : host.name)),
    );
    return found.filter((name) => name !== null);
  }

  /** The same with the run state that each host's libvirt gives the domain. */
  async runStates(domain: string): Promise<Runner[]> {
    const found = await Promise.all(
      this.hosts.map(async (host): Promise<Runner | null> => {
        const pid = await host.qemuPid(domain);
        if (pid === null) return null;
        const { code, stdout } = await host.exec(['virsh', '-q', 'domstate', domain], { timeoutMs: 3000 });
        return { host: host.name, pid, state: code === 0 ? stdout.trim() : null };
      }),
    );
    return found.filter((runner) => runner !== null);
  }

  /** Ends what this process holds of the lab, and leaves the lab up. */
  close(): void {
    this.#link.close();
  }

  /** Takes everything down; nothing of the lab is left on the machine. */
  async down(): Promise<void> {
    this.close();
    await takeDown(this.name);
  }
}

function readRecord(paths: LabPaths): LabRecord | null {
  try {
    return JSON.parse(readFileSync(paths.record, 'utf8')) as LabRecord;
  } catch {
    return null;
  }
}
