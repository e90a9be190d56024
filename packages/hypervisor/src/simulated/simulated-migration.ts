import { basename, dirname } from 'node:path';
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
import { readDomainXml } from '../xml/domain-xml.ts';
import { requirePlugs } from './require-plugs.ts';
import { progressOf } from './simulated-progress.ts';
import {
  newDomain,
  type SimulatedDomain,
  type SimulatedHostState,
  type SimulatedJob,
  type SimulatedWorld,
} from './simulated-world.ts';

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
      const target = this.#peer(options.targetPeerUri);
      const incoming = target.domains.get(domainId);
      if (domain?.job?.postCopy !== 'broken' || incoming === undefined)
        throw this.#error('wrong-state', `domain ${domainId} has no post-copy that broke off`);
      domain.job.postCopy = 'begun';
      domain.reason = 'post-copy';
      incoming.reason = 'post-copy';
      await this.#sendRest(domain, domain.job, domainId, call?.signal);
      this.#arrive(domain, incoming, target, options);
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

  abortJob(domainId: string, call?: Call): Promise<void> {
    return this.#ask('abortJob', call, () => {
      const job = this.#host.domains.get(domainId)?.job;
      if (job) job.aborted = true;
    });
  }

  async #moveToPeer(
    domain: SimulatedDomain,
    target: SimulatedHostState,
    options: LiveMigrationOptions,
  ): Promise<void> {
    const { domainId } = options;
    const incoming = this.#prepareOn(target, adapted(domain.xml, options), domainId, 'peer');
    try {
      await this.#send(domain, domainId, undefined, () => this.#runAhead(domain, incoming, target, options));
      if (!target.up) throw this.#error('unreachable', `${target.name} is down`);
    } catch (error) {
      if (domain.reason.startsWith('post-copy')) throw error;
      Object.assign(domain, { state: 'running', reason: 'migration canceled', job: null });
      target.domains.delete(domainId);
      throw error;
    } finally {
      this.#world.tell({ kind: 'job-ended', domainId }, this.#host.name);
    }
    this.#arrive(domain, incoming, target, options);
  }

  /** Post-copy: the target runs it, the source keeps what was not sent yet. */
  #runAhead(
    domain: SimulatedDomain,
    incoming: SimulatedDomain,
    target: SimulatedHostState,
    options: LiveMigrationOptions,
  ): void {
    Object.assign(domain, { state: 'paused', reason: 'post-copy' });
    Object.assign(incoming, { state: 'running', reason: 'post-copy', incomingFrom: null });
    this.#carryState(domain, incoming, target, options);
    if (!this.#world.breaksPostCopy || domain.job === null) return;
    domain.job.postCopy = 'broken';
    for (const side of [domain, incoming]) side.reason = 'post-copy failed';
  }

  #arrive(
    domain: SimulatedDomain,
    incoming: SimulatedDomain,
    target: SimulatedHostState,
    options: LiveMigrationOptions,
  ): void {
    const ranAhead = incoming.reason === 'post-copy';
    const arrived = options.arrivesPaused
      ? { state: 'paused', reason: 'user' }
      : { state: 'running', reason: 'migrated' };
    Object.assign(incoming, { ...arrived, persistent: options.persistent, incomingFrom: null });
    if (!ranAhead) this.#carryState(domain, incoming, target, options);
    this.#host.domains.delete(options.domainId);
  }

  #source(options: LiveMigrationOptions): MigrationSource {
    const { domainId } = options;
    let sending: SimulatedDomain | null = null;
    return {
      begin: (call) =>
        this.#ask('begin', call, () => ({
          xml: adapted(this.#running(domainId).xml, options),
          cookie: empty,
        })),
      perform: (_input, call) =>
        this.#ask('perform', call, async () => {
          sending = this.#running(domainId);
          await this.#send(sending, domainId, call?.signal);
          return empty;
        }),
      confirm: (verdict, _cookie, call) =>
        this.#ask('confirm', call, () => {
          const domain = this.#host.domains.get(domainId);
          if (domain === undefined) return;
          if (verdict === 'moved') this.#host.domains.delete(domainId);
          else Object.assign(domain, { state: 'running', reason: 'migration canceled', job: null });
        }),
      close: () => {
        // libvirt cancels a migration whose client is gone while it still sends; a paused source stays paused.
        const domain = this.#host.domains.get(domainId);
        if (domain !== undefined && domain === sending) domain.job = null;
        return Promise.resolve();
      },
    };
  }

  #target(options: LiveMigrationOptions): MigrationTarget {
    const { domainId } = options;
    return {
      prepare: ({ xml }, call) =>
        this.#ask('prepare', call, () => {
          this.#prepareOn(this.#host, xml, domainId, 'client');
          // libvirt's first port for migrations.
          const disksAt = { host: this.#host.name, port: 49_152 };
          return { uri: `tcp://${this.#host.name}`, cookie: empty, disksAt };
        }),
      finish: (verdict, _input, call) =>
        this.#ask('finish', call, () => {
          const incoming = this.#host.domains.get(domainId);
          if (incoming === undefined)
            throw this.#error('no-domain', `${this.#host.name} has no domain ${domainId}`);
          if (verdict === 'cancel') {
            this.#host.domains.delete(domainId);
            return empty;
          }
          const arrived = options.arrivesPaused
            ? { state: 'paused', reason: 'user' }
            : { state: 'running', reason: 'migrated' };
          Object.assign(incoming, { ...arrived, incomingFrom: null, persistent: options.persistent });
          const source = this.#whereItWas(domainId);
          if (source !== null) this.#carryState(source.domain, incoming, this.#host, options, source.host);
          return empty;
        }),
      close: () => {
        const incoming = this.#host.domains.get(domainId);
        if (incoming?.incomingFrom === 'client') this.#host.domains.delete(domainId);
        return Promise.resolve();
      },
    };
  }

  async #send(
    domain: SimulatedDomain,
    domainId: string,
    signal: AbortSignal | undefined,
    runAhead?: () => void,
  ): Promise<void> {
    const { memoryBytes } = readDomainXml(domain.xml);
    const job: SimulatedJob = {
      kind: 'out',
      startedAtStep: this.#world.steps,
      sentBytes: 0,
      totalBytes: memoryBytes,
      iteration: 1,
      postCopy: 'no',
      aborted: false,
    };
    domain.job = job;
    await this.#sendRest(domain, job, domainId, signal, runAhead);
  }

  async #sendRest(
    domain: SimulatedDomain,
    job: SimulatedJob,
    domainId: string,
    signal: AbortSignal | undefined,
    runAhead?: () => void,
  ): Promise<void> {
    let ahead = job.postCopy === 'begun';
    while (job.sentBytes < job.totalBytes) {
      await this.#world.nextStep(signal);
      if (job.postCopy === 'begun' && !ahead) {
        ahead = true;
        runAhead?.();
      }
      if (isBroken(job))
        throw this.#error('refused', `${this.#host.name}: the post-copy of ${domainId} broke off`);
      // libvirt refuses to abort a migration once post-copy has begun.
      if ((job.aborted && !ahead) || domain.job !== job) {
        domain.job = null;
        throw this.#error('refused', `${this.#host.name}: the migration of ${domainId} was cancelled`);
      }
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
    }
    Object.assign(domain, { state: 'paused', reason: 'migrating', job: null });
    domain.completed = progressOf(job, this.#world);
  }

  #prepareOn(host: SimulatedHostState, xml: string, domainId: string, incomingFrom: string): SimulatedDomain {
    if (!host.up) throw this.#error('unreachable', `${host.name} is down`);
    if (host.domains.has(domainId))
      throw this.#error('refused', `${host.name} has domain ${domainId} already`);
    requirePlugs(host, xml);
    const incoming = { ...newDomain(xml, 'paused', 'migrating'), persistent: false, incomingFrom };
    host.domains.set(domainId, incoming);
    return incoming;
  }

  /** The guest's own state arrives: its memory (time goes on), and the content of copied disks. */
  #carryState(
    from: SimulatedDomain,
    to: SimulatedDomain,
    target: SimulatedHostState,
    options: LiveMigrationOptions,
    source: SimulatedHostState = this.#host,
  ): void {
    to.vcpuTimeNs = from.vcpuTimeNs;
    to.completed = from.completed;
    for (const disk of readDomainXml(from.xml).disks) {
      if (disk.path === null || !options.copyDisks.includes(disk.target)) continue;
      const sent = source.directories.get(dirname(disk.path))?.get(basename(disk.path));
      const there = options.adaptation?.storage?.paths[disk.path] ?? disk.path;
      const received = target.directories.get(dirname(there))?.get(basename(there));
      if (sent !== undefined && received !== undefined) received.content = sent.content;
    }
  }

  #whereItWas(domainId: string): { host: SimulatedHostState; domain: SimulatedDomain } | null {
    for (const host of this.#world.hosts.values()) {
      const domain = host.domains.get(domainId);
      if (host !== this.#host && domain !== undefined) return { host, domain };
    }
    return null;
  }

  #running(domainId: string): SimulatedDomain {
    const domain = this.#host.domains.get(domainId);
    if (domain === undefined) throw this.#error('no-domain', `${this.#host.name} has no domain ${domainId}`);
    if (domain.state !== 'running') throw this.#error('wrong-state', `domain ${domainId} is ${domain.state}`);
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

  #ask<T>(method: string, call: Call | undefined, work: () => T | Promise<T>): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `migration.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
      return work();
    });
  }
}

function isBroken({ postCopy }: SimulatedJob): boolean {
  return postCopy === 'broken';
}

function adapted(xml: string, { adaptation }: LiveMigrationOptions): string {
  return adaptation === null ? xml : adaptDomainXml(xml, adaptation, 'definition');
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
