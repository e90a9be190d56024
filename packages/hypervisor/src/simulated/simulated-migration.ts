import type { TransferProgress } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type {
  HostMigration,
  LiveMigrationOptions,
  MigrationSource,
  MigrationTarget,
} from '../contract/host-migration.ts';
import { adaptDomainXml } from '../xml/adapt-domain-xml.ts';
import { lockHolder } from './file-users.ts';
import { requireNetworks } from './simulated-networks.ts';
import { type Arrival, newJob, progressOf, SimulatedTransfer } from './simulated-transfer.ts';
import { newDomain } from './simulated-domain.ts';
import type { SimulatedDomain, SimulatedHostState, SimulatedJob } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const empty = new Uint8Array();

/** Moving domains between simulated hosts, with what libvirt leaves behind when it is cut short (LAB.md 4). */
export class SimulatedMigration implements HostMigration {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  async migrateToPeer(options: LiveMigrationOptions & { targetPeerUri: string }, call?: Call): Promise<void> {
    await this.#ask('migrateToPeer', call, async () => {
      const domain = this.#running(options.domainId);
      const target = this.#peer(options.targetPeerUri);
      // The hosts go on among themselves when the caller is gone: the work is not tied to its signal.
      const moved = this.#moveToPeer(domain, target, options);
      await Promise.race([moved, ...(call?.signal ? [aborted(call.signal)] : [])]);
    });
  }

  startPostCopy(domainId: string, call?: Call): Promise<void> {
    return this.#ask('startPostCopy', call, () => {
      const job = this.#host.domains.get(domainId)?.job;
      if (!job) throw this.#error('wrong-state', `domain ${domainId} has no job`);
      if (job.postCopy === 'no') job.postCopy = 'begun';
    });
  }

  resumePostCopy(options: LiveMigrationOptions & { targetPeerUri: string }, call?: Call): Promise<void> {
    return this.#ask('resumePostCopy', call, async () => {
      const { domainId } = options;
      const domain = this.#host.domains.get(domainId);
      const host = this.#peer(options.targetPeerUri);
      const incoming = host.domains.get(domainId);
      if (domain?.job?.postCopy !== 'broken' || incoming === undefined)
        throw this.#error('wrong-state', `domain ${domainId} has no post-copy that broke off`);
      domain.job.postCopy = 'begun';
      for (const side of [domain, incoming]) side.reason = 'post-copy';
      const arrival = { host, incoming };
      await this.#transfer(domain, arrival, options).send(call?.signal);
      await this.#finishAtPeer(domain, arrival, options, this.#host.daemonStarts);
    });
  }

  openMigrationSource(options: LiveMigrationOptions, call?: Call): Promise<MigrationSource> {
    return this.#ask('openMigrationSource', call, () => this.#source(options));
  }

  openMigrationTarget(options: LiveMigrationOptions, call?: Call): Promise<MigrationTarget> {
    return this.#ask('openMigrationTarget', call, () => this.#target(options));
  }

  jobProgress(domainId: string, call?: Call): Promise<TransferProgress | null> {
    return this.#ask('jobProgress', call, () => {
      const job = this.#host.domains.get(domainId)?.job ?? null;
      return job === null ? null : progressOf(job, this.#world);
    });
  }

  completedJob(domainId: string, call?: Call): Promise<TransferProgress | null> {
    return this.#ask('completedJob', call, () => this.#host.domains.get(domainId)?.completed ?? null);
  }

  setBandwidth(domainId: string, bytesPerSecond: number | null, call?: Call): Promise<void> {
    return this.#ask('setBandwidth', call, () => {
      this.#jobOf(domainId).capBytesPerSecond = bytesPerSecond;
    });
  }

  setCompressionCache(domainId: string, bytes: number, call?: Call): Promise<void> {
    return this.#ask('setCompressionCache', call, () => {
      const job = this.#jobOf(domainId);
      job.xbzrleCacheBytes = bytes;
    });
  }

  setMaxDowntime(domainId: string, limitMs: number, call?: Call): Promise<void> {
    return this.#ask('setMaxDowntime', call, () => {
      this.#jobOf(domainId).limitMs = limitMs;
    });
  }

  abortJob(domainId: string, call?: Call): Promise<void> {
    return this.#ask('abortJob', call, () => {
      const job = this.#host.domains.get(domainId)?.job;
      if (job) job.aborted = true;
    });
  }

  /**
   * What the two libvirtds do between them, stock as it is: when no answer to Finish comes, the source lets its guest run
   * on as far as a lock on the disks allows it.
   */
  async #moveToPeer(
    domain: SimulatedDomain,
    target: SimulatedHostState,
    options: LiveMigrationOptions,
  ): Promise<void> {
    const { domainId } = options;
    const starts = this.#host.daemonStarts;
    const { name } = target;
    const from = `peer ${this.#host.name}`;
    domain.job = newJob(domain, this.#world, options);
    try {
      const incoming = await this.#world.faults.gate(name, 'peer.prepare', undefined, () =>
        this.#prepareOn(target, adapted(domain.xml, options), domainId, from),
      );
      const arrival = { host: target, incoming };
      await this.#transfer(domain, arrival, options).send(undefined);
      await this.#finishAtPeer(domain, arrival, options, starts);
    } catch (error) {
      // What was coming does not outlive the connection.
      if (target.domains.get(domainId)?.incomingFrom === from) target.domains.delete(domainId);
      if (this.#host.daemonStarts === starts && domain.reason === 'migrating')
        this.#letRunOn(domainId, domain);
      throw error;
    } finally {
      if (domain.job?.postCopy !== 'broken') domain.job = null;
      this.#world.tell({ kind: 'job-ended', domainId }, this.#host.name);
    }
  }

  async #finishAtPeer(
    domain: SimulatedDomain,
    arrival: Arrival,
    options: LiveMigrationOptions,
    starts: number,
  ): Promise<void> {
    const { domainId } = options;
    const { host, incoming } = arrival;
    try {
      await this.#world.faults.gate(host.name, 'peer.finish', undefined, () => {
        this.#requireDaemon(starts);
        this.#transfer(domain, arrival, options).requireArrival();
        Object.assign(incoming, {
          ...arrivedAs(options, incoming),
          incomingFrom: null,
          persistent: options.persistent,
        });
      });
    } catch (error) {
      // What was coming goes with the connection; a persistent one leaves its definition.
      if (host.domains.get(domainId) === incoming && incoming.incomingFrom !== null) {
        if (options.persistent)
          Object.assign(incoming, {
            state: 'shutoff',
            reason: 'failed',
            persistent: true,
            incomingFrom: null,
          });
        else host.domains.delete(domainId);
      }
      // A libvirtd that was started anew knows nothing of the migration: its guest stands still for ever.
      if (this.#host.daemonStarts === starts) this.#letRunOn(domainId, domain);
      throw error;
    }
    this.#requireDaemon(starts);
    if (this.#host.domains.get(domainId) === domain) this.#host.domains.delete(domainId);
  }

  #source(options: LiveMigrationOptions): MigrationSource {
    const { domainId } = options;
    const connection: ClientConnection = { starts: this.#host.daemonStarts, closed: false };
    let sending: SimulatedDomain | null = null;
    return {
      begin: (call) =>
        this.#askOn(connection, 'begin', call, () => ({
          xml: adapted(this.#running(domainId).xml, options),
          cookie: empty,
        })),
      perform: ({ uri }, call) =>
        this.#askOn(connection, 'perform', call, async () => {
          const arrival = this.#arrivalAt(uri, domainId);
          sending = this.#running(domainId);
          sending.job = newJob(sending, this.#world, options);
          await this.#transfer(sending, arrival, options).send(call?.signal);
          return empty;
        }),
      confirm: (verdict, _cookie, call) =>
        this.#askOn(connection, 'confirm', call, () => {
          const domain = this.#host.domains.get(domainId);
          if (domain === undefined) return;
          if (verdict === 'moved') this.#host.domains.delete(domainId);
          else this.#letRunOn(domainId, domain);
        }),
      close: () => {
        connection.closed = true;
        // libvirt cancels a migration whose client is gone while it still sends; a paused source stays paused.
        const domain = this.#host.domains.get(domainId);
        if (domain === undefined || domain !== sending || domain.job === null) return Promise.resolve();
        if (domain.reason === 'migrating') this.#letRunOn(domainId, domain);
        domain.job = null;
        return Promise.resolve();
      },
    };
  }

  #target(options: LiveMigrationOptions): MigrationTarget {
    const { domainId } = options;
    const connection: ClientConnection = { starts: this.#host.daemonStarts, closed: false };
    let incoming: SimulatedDomain | null = null;
    return {
      prepare: ({ xml }, call) =>
        this.#askOn(connection, 'prepare', call, () => {
          incoming = this.#prepareOn(this.#host, xml, domainId, 'client');
          // libvirt's first port for migrations.
          const disksAt = { host: this.#host.name, port: 49_152 };
          return { uri: `tcp://${this.#host.name}`, cookie: empty, disksAt };
        }),
      finish: (verdict, _input, call) =>
        this.#askOn(connection, 'finish', call, () => {
          const mine = this.#host.domains.get(domainId);
          if (mine === undefined || mine !== incoming || mine.incomingFrom === null)
            throw this.#error('no-domain', `${this.#host.name} has no domain ${domainId} that is coming`);
          if (verdict === 'cancel' || !mine.arrived) {
            this.#host.domains.delete(domainId);
            if (verdict === 'cancel') return empty;
            throw this.#error('refused', `${this.#host.name}: ${domainId} has not arrived`);
          }
          Object.assign(mine, {
            ...arrivedAs(options, mine),
            incomingFrom: null,
            persistent: options.persistent,
          });
          return empty;
        }),
      close: () => {
        connection.closed = true;
        const mine = this.#host.domains.get(domainId);
        if (mine !== undefined && mine === incoming && mine.incomingFrom !== null)
          this.#host.domains.delete(domainId);
        return Promise.resolve();
      },
    };
  }

  /** A guest that was stopped for the switch-over runs on, unless another QEMU has the lock of its disks. */
  #letRunOn(domainId: string, domain: SimulatedDomain): void {
    if (this.#host.domains.get(domainId) !== domain) return;
    domain.job = null;
    // What stood still before is not let run.
    if (domain.state !== 'paused' || domain.reason === 'user') return;
    const held = lockHolder(this.#world, this.#host, domainId) !== null;
    Object.assign(domain, held ? { reason: 'unknown' } : { state: 'running', reason: 'migration canceled' });
    if (!held) this.#world.tell({ kind: 'state-changed', domainId, now: 'runs-on' }, this.#host.name);
  }

  #prepareOn(host: SimulatedHostState, xml: string, domainId: string, incomingFrom: string): SimulatedDomain {
    if (!host.up) throw this.#error('unreachable', `${host.name} is down`);
    if (host.domains.has(domainId))
      throw this.#error('refused', `${host.name} has domain ${domainId} already`);
    requireNetworks(host, xml);
    const incoming = { ...newDomain(xml, 'paused', 'migrating'), persistent: false, incomingFrom };
    host.domains.set(domainId, incoming);
    return incoming;
  }

  #arrivalAt(uri: string, domainId: string): Arrival {
    for (const host of this.#world.hosts.values()) {
      const incoming = host.domains.get(domainId);
      if (`tcp://${host.name}` === uri && incoming !== undefined && incoming.incomingFrom !== null)
        return { host, incoming };
    }
    throw this.#error('refused', `nobody waits for ${domainId} at ${uri}`);
  }

  #transfer(domain: SimulatedDomain, arrival: Arrival, options: LiveMigrationOptions): SimulatedTransfer {
    return new SimulatedTransfer(this.#world, this.#host, domain, arrival, options);
  }

  #jobOf(domainId: string): SimulatedJob {
    const job = this.#host.domains.get(domainId)?.job;
    if (!job) throw this.#error('wrong-state', `domain ${domainId} has no job`);
    return job;
  }

  #requireDaemon(starts: number): void {
    if (this.#host.daemonStarts === starts) return;
    throw this.#error('unreachable', `${this.#host.name}: the connection broke`);
  }

  #running(domainId: string): SimulatedDomain {
    const domain = this.#host.domains.get(domainId);
    if (domain === undefined) throw this.#error('no-domain', `${this.#host.name} has no domain ${domainId}`);
    if (domain.state !== 'running' && domain.state !== 'paused')
      throw this.#error('wrong-state', `domain ${domainId} is ${domain.state}`);
    if (domain.job !== null) throw this.#error('wrong-state', `domain ${domainId} has a job already`);
    return domain;
  }

  #peer(uri: string): SimulatedHostState {
    const found = this.#world.hosts.get(uri);
    if (found === undefined) throw this.#error('bad-uri', `${uri} is no simulated host`);
    return found;
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, message);
  }

  /** As `#ask`, of what is bound to a connection. */
  #askOn<T>(
    connection: ClientConnection,
    method: string,
    call: Call | undefined,
    work: () => T | Promise<T>,
  ): Promise<T> {
    return this.#ask(method, call, () => {
      if (connection.closed)
        throw this.#error('unreachable', `${this.#host.name}: the connection was closed`);
      this.#requireDaemon(connection.starts);
      return work();
    });
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T | Promise<T>): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `migration.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
      return work();
    });
  }
}

/** What a client's calls are bound to: libvirt takes back what is half done when it ends. */
interface ClientConnection {
  readonly starts: number;
  closed: boolean;
}

function arrivedAs(
  { arrivesPaused }: LiveMigrationOptions,
  { stood }: SimulatedDomain,
): Pick<SimulatedDomain, 'state' | 'reason'> {
  return arrivesPaused || stood
    ? { state: 'paused', reason: 'user' }
    : { state: 'running', reason: 'migrated' };
}

function adapted(xml: string, { adaptation }: LiveMigrationOptions): string {
  return adaptation === null ? xml : adaptDomainXml(xml, adaptation, 'definition');
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
