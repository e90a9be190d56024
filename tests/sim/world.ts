import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { globalAgent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient, type MigrationBody } from '@ferry/api';
import { type Controller, type ControllerOptions, startController } from '@ferry/controller';
import { fillSqlite, openOperations, postgresDatabase } from '@ferry/controller/test-database';
import { type SimulatedDirectory, SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { pino } from 'pino';

// In memory where there is such a place: each commit of the store is a full sync.
const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const mebibyte = 1024 * 1024;
const hostNames = ['compute11', 'compute12', 'compute13'] as const;

/** A guest to be put onto a host. */
export interface Guest {
  readonly name: string;
  readonly host?: string;
  /** `/shared` stands on all hosts, `/images` on each host alone. */
  readonly directory?: '/shared' | '/images';
  readonly state?: 'running' | 'shutoff';
  readonly autostart?: boolean;
  readonly memoryMiB?: number;
  readonly machine?: string;
  readonly network?: string;
}

/** Limits short enough for tests that wait for them, long enough that a slow machine never meets them by accident. */
const limits: ControllerOptions['limits'] = {
  inspectMs: 2_000,
  prepareMs: 2_000,
  finishMs: 2_000,
  unknownMs: 20_000,
  pollMs: 10,
  aliveMs: 2_000,
  copyRetryMs: 5,
};

/** Nobody guesses the passwords of tests. */
export const leastPasswordWork: NonNullable<ControllerOptions['passwordWork']> = {
  memory: 8,
  passes: 1,
  parallelism: 1,
};

/** Three simulated hosts and a whole controller on them, spoken to over its unix socket as every client does. */
export class Stage implements AsyncDisposable {
  readonly world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  readonly dataDirectory: string = mkdtempSync(join(temporary, 'ferry-sim-'));
  readonly shared: SimulatedDirectory = new Map();
  readonly #limits: ControllerOptions['limits'];
  readonly #database: string | null;
  #controller: Controller | null = null;
  #guests = 0;

  readonly #more: Partial<ControllerOptions>;

  private constructor(
    more: ControllerOptions['limits'],
    database: string | null,
    options: Partial<ControllerOptions>,
  ) {
    this.#database = database;
    this.#more = options;
    this.#limits = { ...limits, ...more };
    for (const name of hostNames) this.world.addHost(name, { shared: { '/shared': this.shared } });
  }

  /** Hosts are added to the controller; guests are put and adopted by `guest`. */
  static async open(
    more: ControllerOptions['limits'] = {},
    options: Partial<ControllerOptions> = {},
  ): Promise<Stage> {
    const stage = new Stage(more, options.database ?? (await postgresDatabase()), options);
    await stage.#prepare();
    await stage.start();
    for (const name of hostNames) await stage.client().addHost({ uri: `simulated://${name}/` });
    return stage;
  }

  /** A first start makes the schema; here it has been made. */
  async #prepare(): Promise<void> {
    if (this.#database === null) (await fillSqlite(this.database))[Symbol.dispose]();
  }

  /** Starts a controller on the data directory; `instead`: with other settings than those it was opened with. */
  async start(instead: Partial<ControllerOptions> = {}): Promise<void> {
    this.#controller = await startController({ ...this.options(), ...instead });
  }

  options(): ControllerOptions {
    return {
      dataDirectory: this.dataDirectory,
      // Of all controllers that are started with these options on one database.
      keyFile: join(this.dataDirectory, 'secret.key'),
      database: this.#database,
      listen: null,
      hypervisor: new SimulatedHypervisor(this.world),
      limits: this.#limits ?? {},
      passwordWork: leastPasswordWork,
      retry: (failures) => (failures < 6 ? 5 : 'give-up'),
      log: pino({ level: process.env['FERRY_TEST_LOG'] ?? 'silent' }),
      watchIntervalMs: 3_600_000,
      resumeIntervalMs: 50,
      ...this.#more,
    };
  }

  /** Where the controller listens over TCP, if it does. */
  get url(): string {
    return this.#controller?.url ?? 'http://nowhere';
  }

  /** Where metrics are without a token, if they are. */
  get metricsUrl(): string {
    return this.#controller?.metricsUrl ?? 'http://nowhere';
  }

  /** Path or URL of the controller's database. */
  get database(): string {
    return this.#database ?? join(this.dataDirectory, 'ferry.db');
  }

  /** Ends the controller without any patience: what runs is left to the next one. */
  async crash(): Promise<void> {
    await this.#controller?.stop(0);
    this.#controller = null;
    // Connections that the client keeps open end with the controller; both live in this one process.
    globalAgent.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.world.bytesPerStep = 1024 * mebibyte;
    await this.crash();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  client(role: 'admin' | 'operator' | 'reader' = 'admin'): FerryClient {
    return this.clientWith(readFileSync(join(this.dataDirectory, `${role}.token`), 'utf8').trim());
  }

  /** How a client comes in by the socket. */
  clientOptions(role: 'admin' | 'operator' | 'reader'): { url: string; token: string } {
    const token = readFileSync(join(this.dataDirectory, `${role}.token`), 'utf8').trim();
    return { url: this.#controller?.socketUrl ?? 'unix:/nowhere', token };
  }

  clientWith(token: string): FerryClient {
    return new FerryClient({ url: this.#controller?.socketUrl ?? 'unix:/nowhere', token });
  }

  /** Puts a guest with an overlay on a base onto a host; not adopted yet. Returns its id. */
  put(guest: Guest): string {
    const { name, host = 'compute11', directory = '/images', state = 'running' } = guest;
    this.#guests += 1;
    const id = `11111111-1111-4111-8111-${String(this.#guests).padStart(12, '0')}`;
    const files = this.world.host(host).directories.get(directory);
    const base = { format: 'qcow2', capacityBytes: 64 * mebibyte, backing: null, owner: null };
    files?.set('base.qcow2', { ...base, content: 'the base system' });
    files?.set(`${name}-${this.#guests}.qcow2`, {
      ...base,
      backing: { path: `${directory}/base.qcow2`, format: 'qcow2' },
      content: `what ${name} wrote`,
    });
    const disk = `${directory}/${name}-${this.#guests}.qcow2`;
    this.world.addDomain(host, domainXml({ ...guest, id, disk }), state);
    const domain = this.world.host(host).domains.get(id);
    if (domain !== undefined) domain.autostart = guest.autostart ?? false;
    return id;
  }

  /** Puts a guest onto a host and adopts it. */
  async guest(guest: Guest): Promise<string> {
    const id = this.put(guest);
    await this.client().adoptInstance({ host: guest.host ?? 'compute11', domain: id });
    return id;
  }

  /** Makes transfers go on for ever, until `fast`. */
  slow(): void {
    this.world.bytesPerStep = 1;
  }

  fast(): void {
    this.world.bytesPerStep = 32 * mebibyte;
  }

  /** Waits until a host was asked for a method so often since the world began. */
  async called(host: string, method: string, times = 1): Promise<void> {
    const wanted = `${host} ${method}`;
    await until(`a call of ${wanted}`, () =>
      this.world.faults.calls.filter((one) => one === wanted).length >= times ? true : null,
    );
  }

  /** As `called`, counted from a length of the list of calls on. */
  async calledSince(from: number, host: string, method: string): Promise<void> {
    await until(`a call of ${host} ${method}`, () =>
      this.world.faults.calls.slice(from).includes(`${host} ${method}`) ? true : null,
    );
  }

  /** Waits until a planned fault has been met, its effect included. */
  async struck(host: string, method: string): Promise<void> {
    await until(`the fault of ${host} ${method}`, () =>
      this.world.faults.hung(host, method) > 0 ? true : null,
    );
  }

  /** Waits until the hosts show something. */
  async hostsShow(shown: () => boolean): Promise<void> {
    await until('the hosts show it', () => (shown() ? true : null));
  }

  /** Waits until nothing is left to do for any operation, clean-up included; no page of the API shows that. */
  async quiet(): Promise<void> {
    await until('no operation is open', async () =>
      (await openOperations(this.database)) === 0 ? true : null,
    );
  }

  /** Waits until memory of a guest is on its way. */
  async sending(id: string, host = 'compute11'): Promise<void> {
    await until(`${host} sends`, () =>
      (this.world.host(host).domains.get(id)?.job?.sentBytes ?? 0) > 0 ? true : null,
    );
  }

  /** Waits until a migration is over. */
  async over(id: string): Promise<MigrationBody> {
    return this.migrationWhen(id, 'is over', (migration) => migration.finishedAt !== null);
  }

  async migrationWhen(
    id: string,
    what: string,
    when: (migration: MigrationBody) => boolean,
  ): Promise<MigrationBody> {
    let last: MigrationBody | null = null;
    return until(
      () => `migration ${what}; it is ${last?.status}: ${last?.phase}`,
      async () => {
        last = await this.client().migration(id);
        return when(last) ? last : null;
      },
    );
  }

  /** All that a migration may change on hosts, without what goes on by itself. */
  hosts(): Record<string, { domains: Record<string, unknown>; files: Record<string, unknown> }> {
    return Object.fromEntries(
      [...this.world.hosts.values()].map((host) => {
        const domains = [...host.domains].map(([id, { state, persistent, autostart, job }]) => [
          id,
          { state, persistent, autostart, moves: job !== null },
        ]);
        const files = [...host.directories].flatMap(([path, directory]) =>
          [...directory].map(([name, { content, backing }]) => [`${path}/${name}`, { content, backing }]),
        );
        return [
          host.name,
          structuredClone({ domains: Object.fromEntries(domains), files: Object.fromEntries(files) }),
        ];
      }),
    );
  }

  /** Hosts and all that the store shows. */
  async everything(): Promise<unknown> {
    const client = this.client();
    return {
      hosts: this.hosts(),
      instances: await client.instances(),
      migrations: await client.migrations(),
      known: (await client.hosts()).map((host) => host.name),
    };
  }

  /** Paths of the files of a host that start with a directory. */
  files(host: string, directory = '/images'): string[] {
    return Object.keys(this.hosts()[host]?.files ?? {}).filter((path) => path.startsWith(directory));
  }
}

/** Waits for state, never for time; the time here only ends a test that would wait for ever. */
export async function until<T>(
  what: string | (() => string),
  look: () => T | null | Promise<T | null>,
): Promise<T> {
  const end = performance.now() + 90_000;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (performance.now() > end)
      throw new Error(`waited in vain until ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 15);
    });
  }
}

/** A domain as libvirt describes one. */
export function domainXml(guest: Guest & { id: string; disk: string }): string {
  const { id, name, disk, memoryMiB = 128, machine = 'pc-q35-10.0', network } = guest;
  const nic =
    network === undefined ? '' : `<interface type='network'><source network='${network}'/></interface>`;
  return `<domain type='qemu'>
  <name>${name}</name><uuid>${id}</uuid>
  <memory unit='MiB'>${memoryMiB}</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='${machine}'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
    ${nic}
  </devices></domain>`;
}
