import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient } from '@ferry/api';
import { type Controller, type ControllerOptions, startController } from '@ferry/controller';
import { type SimulatedDirectory, SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { pino } from 'pino';

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

/** How large a fleet is. */
export interface FleetSize {
  readonly hosts: number;
  readonly guestsPerHost: number;
}

const roles = ['web', 'api', 'db', 'cache', 'queue', 'build', 'mail', 'search'] as const;
const sizes = [1, 2, 4, 8, 16] as const;
const zones = ['north', 'south', 'edge'] as const;

/** A fleet of simulated hosts with a whole controller on it, reached by loopback. */
export class PlayFleet implements AsyncDisposable {
  readonly world = new SimulatedWorld({ kind: 'own', stepMs: 50 });
  readonly dataDirectory: string = mkdtempSync(join(tmpdir(), 'ferry-web-'));
  readonly #shared: SimulatedDirectory = new Map();
  /** A storage pool that all hosts have, for volumes. */
  readonly #pool: SimulatedDirectory = new Map();
  readonly #options: Partial<ControllerOptions>;
  #controller: Controller | null = null;
  #guests = 0;
  /** The first start takes any port, and later ones take the same: a page that is open finds it again. */
  #port: number;

  private constructor(port: number, options: Partial<ControllerOptions>) {
    this.#port = port;
    this.#options = options;
    // A gibibyte takes some seconds: long enough to be watched.
    this.world.bytesPerStep = 12 * mebibyte;
  }

  static async open(
    { hosts, guestsPerHost }: FleetSize,
    { port = 0, ...options }: Partial<ControllerOptions> & { readonly port?: number } = {},
  ): Promise<PlayFleet> {
    const fleet = new PlayFleet(port, options);
    const names = Array.from({ length: hosts }, (_, index) => `compute${index + 11}`);
    for (const name of names) fleet.#addHost(name);
    for (const [number, name] of names.entries())
      for (let guest = 0; guest < guestsPerHost + (number % 3) - 1; guest += 1) fleet.#addGuest(name);
    await fleet.start();
    await fleet.#takeIn(names);
    return fleet;
  }

  async start(): Promise<void> {
    this.#controller = await startController({
      dataDirectory: this.dataDirectory,
      listen: { host: '127.0.0.1', port: this.#port },
      hypervisor: new SimulatedHypervisor(this.world),
      passwordWork: { memory: 8, passes: 1, parallelism: 1 },
      log: pino({ level: process.env['FERRY_TEST_LOG'] ?? 'silent' }),
      limits: { pollMs: 200 },
      ...this.#options,
    });
    this.#port = Number(new URL(this.url).port);
  }

  async stop(): Promise<void> {
    await this.#controller?.stop(0);
    this.#controller = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.world.bytesPerStep = gibibyte;
    await this.stop();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  get url(): string {
    return this.#controller?.url ?? `http://127.0.0.1:${this.#port}`;
  }

  /** The first administrator's. */
  get password(): string {
    return readFileSync(join(this.dataDirectory, 'admin.password'), 'utf8').trim();
  }

  client(): FerryClient {
    return new FerryClient({ url: this.#controller?.socketUrl ?? 'unix:/nowhere', token: this.#token() });
  }

  /** A request to one of the OpenStack APIs as the first administrator. */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-auth-token': this.#token(), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === '' ? null : JSON.parse(text);
  }

  /** A user with a role in the system. */
  async addUser(name: string, password: string, role: string): Promise<void> {
    const { user } = (await this.ask('POST', '/identity/v3/users', { user: { name, password } })) as {
      user: { id: string };
    };
    const { roles: found } = (await this.ask('GET', `/identity/v3/roles?name=${role}`)) as {
      roles: [{ id: string }];
    };
    await this.ask('PUT', `/identity/v3/system/users/${user.id}/roles/${found[0].id}`);
  }

  #token(): string {
    return readFileSync(join(this.dataDirectory, 'admin.token'), 'utf8').trim();
  }

  #addHost(name: string): void {
    const number = this.world.hosts.size;
    const memoryBytes = [128, 256, 512][number % 3] ?? 256;
    const host = this.world.addHost(name, {
      shared: { '/shared': this.#shared, '/nfs': this.#pool },
      facts: {
        memoryBytes: memoryBytes * gibibyte,
        memoryAvailableBytes: Math.round(memoryBytes * gibibyte * (0.12 + ((number * 37) % 80) / 100)),
        cpus: [32, 64, 96][number % 3] ?? 64,
      },
    });
    host.pools.set('nfs', { type: 'dir', active: true, autostart: true, directory: '/nfs', source: '' });
    for (const [path, directory] of host.directories)
      if (path !== '/nfs')
        directory.set('base.qcow2', {
          format: 'qcow2',
          capacityBytes: 20 * gibibyte,
          backing: null,
          owner: null,
          content: 'base',
        });
  }

  #addGuest(host: string): void {
    this.#guests += 1;
    const number = this.#guests;
    const name = `${roles[number % roles.length]}-${Math.ceil(number / roles.length)}`;
    const directory = number % 5 === 0 ? '/images' : '/shared';
    const disk = `${directory}/${name}.qcow2`;
    this.world
      .host(host)
      .directories.get(directory)
      ?.set(`${name}.qcow2`, {
        format: 'qcow2',
        capacityBytes: 20 * gibibyte,
        backing: { path: `${directory}/base.qcow2`, format: 'qcow2' },
        owner: null,
        content: `what ${name} wrote`,
      });
    const gib = sizes[number % sizes.length] ?? 1;
    const isOff = number % 17 === 0;
    const id = this.world.addDomain(
      host,
      guestXml({ name, number, disk, gib }),
      isOff ? 'shutoff' : 'running',
    );
    const domain = this.world.host(host).domains.get(id);
    // Some are busy, most are not.
    if (domain !== undefined && !isOff) domain.cpusUsed = (gib / 2) * (((number * 29) % 90) / 100);
  }

  async #takeIn(names: readonly string[]): Promise<void> {
    const client = this.client();
    for (const name of names) await client.addHost({ uri: `simulated://${name}/` });
    for (const name of names)
      await Promise.all(
        [...this.world.host(name).domains.keys()].map((domain) =>
          client.adoptInstance({ host: name, domain }),
        ),
      );
    for (const [index, zone] of zones.entries()) {
      const { aggregate } = (await this.ask('POST', '/v2.1/os-aggregates', {
        aggregate: { name: zone, availability_zone: zone },
      })) as { aggregate: { id: number } };
      for (const host of names.filter((_, number) => number % zones.length === index))
        await this.ask('POST', `/v2.1/os-aggregates/${aggregate.id}/action`, { add_host: { host } });
    }
  }
}

/** A guest with a screen and a serial port, as libvirt describes one. */
function guestXml({
  name,
  number,
  disk,
  gib,
}: {
  readonly name: string;
  readonly number: number;
  readonly disk: string;
  readonly gib: number;
}): string {
  const digits = number.toString(16).padStart(6, '0');
  return `<domain type='qemu'><name>${name}</name><uuid>5ca1ab1e-0000-4000-8000-${String(number).padStart(12, '0')}</uuid>
  <memory unit='GiB'>${gib}</memory><vcpu>${Math.max(1, gib / 2)}</vcpu>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><mac address='52:54:00:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}'/><source network='default'/></interface>
    <serial type='pty'><source path='/dev/pts/1'/><target port='0'/><alias name='serial0'/></serial>
    <graphics type='vnc' port='5900' listen='127.0.0.1'/>
  </devices></domain>`;
}
