import { type AddHostBody, ApiError, type FerryClient, type MigrationBody, type MoveBody } from '@ferry/api';
import {
  type GuestOptions,
  type HostOptions,
  Lab,
  type LabGuest,
  type LabHost,
  takeDown,
  until,
} from '@ferry/lab';
import { FerryProcess } from './ferry-process.ts';

const final = new Set(['completed', 'failed', 'cancelled', 'error', 'confirmed']);

/** Real hosts with a real controller over them, and the moves of tests. */
export class LabWorld {
  readonly lab: Lab;
  readonly ferry: FerryProcess;

  private constructor(lab: Lab, ferry: FerryProcess) {
    this.lab = lab;
    this.ferry = ferry;
  }

  /** Brings up hosts and a controller that has taken them in, unless a test does that itself. */
  static async up(
    name: string,
    hosts: number | readonly HostOptions[] = 3,
    { addHosts = true } = {},
  ): Promise<LabWorld> {
    // What an earlier, killed run of the same tests left is theirs to clear away.
    await takeDown(name);
    const lab = await Lab.up({ name, hosts });
    const world = new LabWorld(lab, new FerryProcess(lab));
    try {
      await world.ferry.start();
      if (addHosts) for (const host of lab.hosts) await world.addHost({ uri: host.uri });
      return world;
    } catch (error) {
      await world.down();
      throw error;
    }
  }

  async down(): Promise<void> {
    await this.ferry.remove();
    await this.lab.down();
  }

  /** Takes a host in, and lets guests have files where tests put them. */
  async addHost(body: AddHostBody): Promise<void> {
    const { host } = await this.client.addHost(body);
    await this.client.setHost(host.name, {
      allowedDirectories: ['/isos', '/lab', '/srv', '/var/lib/libvirt', '/var/log/guests'],
    });
  }

  get client(): FerryClient {
    return this.ferry.client;
  }

  /** Makes a guest, waits until it lives and takes it in. */
  async guest(options: Omit<GuestOptions, 'host'> & { host: string }): Promise<LabGuest> {
    const guest = await this.lab.createGuest({ ...options, host: this.lab.host(options.host) });
    if (options.off !== true) await guest.waitAlive();
    await this.client.adoptInstance({ host: options.host, domain: options.name });
    return guest;
  }

  /** Starts a move; it is accepted or refused. */
  move(
    instance: string,
    kind: 'live' | 'cold',
    host: string,
    more: Partial<MoveBody> = {},
  ): Promise<MigrationBody> {
    const shutdown = kind === 'cold' ? { shutdownTimeoutMs: 0 } : {};
    return this.client
      .migrate(instance, { kind: `${kind}-migration`, host, ...shutdown, ...more })
      .catch((error: unknown) => {
        // A test that fails here shows why it was refused.
        if (error instanceof ApiError) {
          const told = error.findings.filter(({ severity }) => severity !== 'ok');
          error.message += ` ${JSON.stringify(told)}`;
        }
        throw error;
      });
  }

  /** Waits for a migration to show something. */
  waitFor(
    id: string,
    what: string,
    seen: (migration: MigrationBody) => boolean,
    timeoutMs = 120_000,
  ): Promise<MigrationBody> {
    return until(`migration ${what}`, timeoutMs, async () => {
      const migration = await this.client.migration(id);
      if (seen(migration)) return migration;
      if (final.has(migration.status))
        throw new Error(
          `it ended as ${migration.status} before it was ${what}: ${JSON.stringify(migration.error)}`,
        );
      return null;
    });
  }

  /** Waits for its end, whatever it is. */
  ended(id: string, timeoutMs = 180_000): Promise<MigrationBody> {
    return until('the end of the migration', timeoutMs, async () => {
      const migration = await this.client.migration(id);
      return final.has(migration.status) ? migration : null;
    });
  }

  /** Moves and waits for the end. */
  async moved(
    instance: string,
    kind: 'live' | 'cold',
    host: string,
    more: Partial<MoveBody> = {},
  ): Promise<MigrationBody> {
    return this.ended((await this.move(instance, kind, host, more)).id);
  }

  /** Whether libvirt on a host knows a domain, in any state. */
  async defines(host: string, domain: string): Promise<boolean> {
    return (await this.lab.host(host).exec(['virsh', '-q', 'dominfo', domain])).code === 0;
  }

  async hasFile(host: string, path: string): Promise<boolean> {
    return (await this.lab.host(host).exec(['test', '-e', path])).code === 0;
  }

  host(name: string): LabHost {
    return this.lab.host(name);
  }
}
