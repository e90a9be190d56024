import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FerryClient } from '@ferry/api';
import { Lab, type LabGuest, type LabHost, takeDown, until } from '@ferry/lab';
import { FerryProcess } from '../lab/ferry-process.ts';
import { PrivatePostgres } from '../postgres/private-postgres.ts';
import type { Database } from './cells.ts';
import type { Move } from './phases.ts';
import { SmallDisk } from './small-disk.ts';

const deadlines = ['--prepare-timeout', '8', '--finish-timeout', '4', '--copy-stall-timeout', '5'];
const diskMebibytes = { postgres: 128, sqlite: 16 } as const;
const guestNames: Readonly<Record<Move, string>> = {
  'live-shared': 'ftshared',
  'live-block': 'ftblock',
  cold: 'ftcold',
};
/** Records go round after 4096: a guest that has written nearly so many is started anew. */
const maxRecords = 3000;

/** A guest that is about to move, and between which hosts. */
export interface Ready {
  readonly guest: LabGuest;
  readonly source: LabHost;
  readonly target: LabHost;
  /** Id of its security group. */
  readonly group: string;
}

/** Two real hosts, a guest for each kind of move, a database on a small disk, and a controller that can be halted. */
export class FaultWorld {
  readonly lab: Lab;
  readonly database: Database;
  readonly disk: SmallDisk;
  readonly postgres: PrivatePostgres | null;
  readonly #folder: string;
  readonly #groups = new Map<string, string>();
  #ferry: FerryProcess;

  private constructor(lab: Lab, database: Database, disk: SmallDisk, postgres: PrivatePostgres | null) {
    this.lab = lab;
    this.database = database;
    this.disk = disk;
    this.postgres = postgres;
    this.#folder = mkdtempSync(join(tmpdir(), 'ferry-faults-'));
    this.#ferry = this.#newFerry();
  }

  static async up(name: string, database: Database): Promise<FaultWorld> {
    await takeDown(name);
    const disk = new SmallDisk(diskMebibytes[database]);
    let postgres: PrivatePostgres | null = null;
    try {
      const folder = mkdtempSync(join(disk.path, 'pg-'));
      if (database === 'postgres') postgres = await PrivatePostgres.start(folder);
      const world = new FaultWorld(await Lab.up({ name, hosts: 2 }), database, disk, postgres);
      try {
        await world.startFerry();
        for (const { uri } of world.lab.hosts) {
          const { host } = await world.client.addHost({ uri });
          // Where the lab's guests have their kernel, their disks and their log.
          await world.client.setHost(host.name, {
            allowedDirectories: ['/lab', '/var/lib/libvirt', '/var/log/guests'],
          });
        }
        return world;
      } catch (error) {
        await world.down();
        throw error;
      }
    } catch (error) {
      await postgres?.[Symbol.asyncDispose]();
      if (existsSync(disk.path)) disk[Symbol.dispose]();
      await takeDown(name);
      throw error;
    }
  }

  async down(): Promise<void> {
    await this.#ferry.remove();
    await this.lab.down();
    await this.postgres?.[Symbol.asyncDispose]();
    this.disk[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The controller that is at work, or was last. */
  get ferry(): FerryProcess {
    return this.#ferry;
  }

  get client(): FerryClient {
    return this.#ferry.client;
  }

  /** Where the controllers keep what they know: an URL, or a file. */
  get where(): string {
    return this.postgres?.url ?? join(this.#ferry.dataDirectory, 'ferry.db');
  }

  async startFerry(): Promise<void> {
    if (this.#ferry.pid !== null) return;
    const shared = this.postgres === null ? [] : ['--database', this.postgres.url, '--lease', '6'];
    // All controllers of one database have its key, also one that stands in with a data directory of its own.
    const key = ['--key-file', join(this.#folder, 'secret.key')];
    await this.#ferry.start(...deadlines, ...shared, ...key);
  }

  /** Another controller, on the same database, in the place of one that is gone for good. */
  async standIn(): Promise<void> {
    await this.#ferry.remove();
    this.#ferry = this.#newFerry();
    await this.startFerry();
  }

  /** The controller is to halt itself once it has written this down. */
  haltAt(line: string): void {
    writeFileSync(this.#haltFile, line);
  }

  /** Nothing is to be halted any more, and what was goes on. */
  go(): void {
    rmSync(this.#haltFile, { force: true });
    if (this.#ferry.pid !== null) process.kill(this.#ferry.pid, 'SIGCONT');
  }

  /** Waits until it has halted; false when `over` says first that it never will. */
  async halted(what: string, over: () => Promise<boolean>): Promise<boolean> {
    return until(`the controller to halt at "${what}"`, 90_000, async () => {
      if (this.#isStopped) return { halted: true };
      return (await over()) && !this.#isStopped ? { halted: false } : null;
    }).then(({ halted }) => halted);
  }

  /** A guest for this kind of move, alive and writing, made when there is none. */
  async ready(move: Move): Promise<Ready> {
    const name = guestNames[move];
    const known = this.lab.guests().find((guest) => guest.name === name);
    const guest = known ?? (await this.#make(move, name));
    const { host } = await this.client.instance(name);
    const source = this.lab.host(host);
    const target = this.lab.hosts.find((one) => one !== source) ?? source;
    const life = await guest.waitAlive();
    if (life.records > maxRecords) {
      await source.virsh('reset', name);
      await until(
        `${name} to boot anew`,
        90_000,
        async () => ((await guest.stat())?.id ?? life.id) !== life.id || null,
      );
    }
    await guest.writeDisk(8);
    await guest.dirty(12, 4);
    return { guest, source, target, group: this.#groups.get(name) ?? '' };
  }

  async #make(move: Move, name: string): Promise<LabGuest> {
    const host = this.lab.host('compute11');
    const guest = await this.lab.createGuest({
      name,
      host,
      memoryMib: 96,
      storage: move === 'live-shared' ? 'shared' : 'local',
    });
    await host.virsh('autostart', name);
    await guest.waitAlive();
    await this.client.adoptInstance({ host: host.name, domain: name });
    const counter = { protocol: 'udp', portMin: 7000, portMax: 7001 } as const;
    const { id } = await this.client.addSecurityGroup({ name, rules: [counter] });
    this.#groups.set(name, id);
    await this.client.setInstanceGroups(name, { groups: [name], addresses: [guest.address] });
    return guest;
  }

  get #haltFile(): string {
    return join(this.#folder, 'halt-at');
  }

  /** Stopped by its own hand: the line that it was to halt at is gone, and its process stands still. */
  get #isStopped(): boolean {
    const { pid } = this.#ferry;
    if (pid === null || existsSync(this.#haltFile)) return false;
    return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  }

  #newFerry(): FerryProcess {
    const preload = fileURLToPath(import.meta.resolve('@ferry/controller/halt-at'));
    const env = { NODE_OPTIONS: `--import=${preload}`, FERRY_HALT_AT: this.#haltFile };
    return new FerryProcess(this.lab, this.postgres === null ? { env, folder: this.disk.path } : { env });
  }
}
