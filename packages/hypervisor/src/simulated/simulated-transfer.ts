import { basename, dirname } from 'node:path';
import type { TransferProgress } from '@ferry/model';
import { HypervisorError } from '../contract/errors.ts';
import type { LiveMigrationOptions } from '../contract/host-migration.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import type { SimulatedDomain, SimulatedHostState, SimulatedJob } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** The numbers of a simulated job. A step counts as 100 ms. */
export function progressOf(job: SimulatedJob, world: SimulatedWorld): TransferProgress {
  const elapsedMs = (world.steps - job.startedAtStep) * 100;
  return {
    elapsedMs,
    totalBytes: job.totalBytes,
    doneBytes: job.sentBytes,
    remainingBytes: job.totalBytes - job.sentBytes,
    memoryBytes: job.sentBytes,
    diskBytes:
      job.copiesDisks === true ? Math.floor((world.toldDiskBytes * job.sentBytes) / job.totalBytes) : 0,
    rateBytesPerSecond: Math.min(world.bytesPerStep * 10, job.capBytesPerSecond ?? Number.POSITIVE_INFINITY),
    dirtyBytesPerSecond: (world.hotSet?.bytesPerStep ?? world.dirtyBytesPerStep) * 10,
    iteration: job.iteration,
    expectedDowntimeMs: world.dirtyBytesPerStep > 0 ? 2_000 : 300,
    downtimeMs: job.sentBytes === job.totalBytes ? (job.downtimeMs ?? 100) : null,
    memoryRemainingBytes: job.totalBytes - job.sentBytes,
    throttlePercent: null,
  };
}

/** Where a guest comes to. */
export interface Arrival {
  readonly host: SimulatedHostState;
  readonly incoming: SimulatedDomain;
}

/** A guest's state on its way from one simulated host to another: its memory, step by step, and its copied disks. */
export class SimulatedTransfer {
  readonly #world: SimulatedWorld;
  readonly #source: SimulatedHostState;
  readonly #domain: SimulatedDomain;
  readonly #arrival: Arrival;
  readonly #options: LiveMigrationOptions;

  constructor(
    world: SimulatedWorld,
    source: SimulatedHostState,
    domain: SimulatedDomain,
    arrival: Arrival,
    options: LiveMigrationOptions,
  ) {
    this.#world = world;
    this.#source = source;
    this.#domain = domain;
    this.#arrival = arrival;
    this.#options = options;
  }

  /** Sends until all is there, and stops the guest for the switch-over. */
  async send(signal: AbortSignal | undefined): Promise<void> {
    const { domainId } = this.#options;
    const domain = this.#domain;
    const arrival = this.#arrival;
    const { job } = domain;
    if (job === null) throw this.#error('refused', `${this.#source.name}: ${domainId} has no job`);
    let ahead = job.postCopy === 'begun';
    let passes = 0;
    try {
      while (job.sentBytes < job.totalBytes) {
        await this.#world.nextStep(signal);
        if (job.postCopy === 'begun' && !ahead) {
          ahead = true;
          this.#runAhead();
        }
        if (isBroken(job))
          throw this.#error('refused', `${this.#source.name}: the post-copy of ${domainId} broke off`);
        // libvirt refuses to abort a migration once post-copy has begun.
        if ((job.aborted && !ahead) || domain.job !== job)
          throw this.#error('refused', `${this.#source.name}: the migration of ${domainId} was cancelled`);
        if (!this.#source.up || !arrival.host.up)
          throw this.#error('unreachable', `${(this.#source.up ? arrival.host : this.#source).name} is down`);
        this.requireArrival();
        while (passes < job.iteration) this.#tellPass(++passes);
      }
    } finally {
      if (domain.job === job && !isBroken(job)) domain.job = null;
    }
    domain.completed = progressOf(job, this.#world);
    if (ahead) {
      Object.assign(domain, { state: 'shutoff', reason: 'migrated' });
      return;
    }
    // One that somebody has let stand still meanwhile goes on all the same, and runs where it comes to.
    if (domain.state !== 'running' && domain.state !== 'paused')
      throw this.#error('refused', `${domainId} is ${domain.state}`);
    // QEMU looks once more what has changed before it stops the guest, and once more when it stands.
    this.#tellPass(++passes);
    if (domain.state === 'running')
      this.#world.tell({ kind: 'state-changed', domainId, now: 'stopped' }, this.#source.name);
    this.#tellPass(++passes);
    domain.completed = { ...domain.completed, iteration: passes };
    Object.assign(domain, { state: 'paused', reason: job.stood ? domain.reason : 'migrating' });
    this.#arrival.incoming.stood = job.stood;
    this.#carryState();
  }

  #tellPass(iteration: number): void {
    this.#world.tell({ kind: 'iteration', domainId: this.#options.domainId, iteration }, this.#source.name);
  }

  /** Post-copy: the target runs it, the source keeps what was not sent yet. */
  #runAhead(): void {
    const domain = this.#domain;
    const { incoming } = this.#arrival;
    Object.assign(domain, { state: 'paused', reason: 'post-copy' });
    Object.assign(incoming, { state: 'running', reason: 'post-copy', incomingFrom: null });
    this.#carryState();
    if (!this.#world.breaksPostCopy || domain.job === null) return;
    domain.job.postCopy = 'broken';
    for (const side of [domain, incoming]) side.reason = 'post-copy failed';
  }

  /** The guest's own state arrives: its memory (time goes on), and the content of copied disks. */
  #carryState(): void {
    const from = this.#domain;
    const { host, incoming } = this.#arrival;
    incoming.arrived = true;
    incoming.vcpuTimeNs = from.vcpuTimeNs;
    incoming.cpusUsed = from.cpusUsed;
    incoming.completed = from.completed;
    for (const disk of readDomainXml(from.xml).disks) {
      if (disk.path === null || !this.#options.copyDisks.includes(disk.target)) continue;
      const sent = this.#source.directories.get(dirname(disk.path))?.get(basename(disk.path));
      const there = this.#options.adaptation?.storage?.paths[disk.path] ?? disk.path;
      const received = host.directories.get(dirname(there))?.get(basename(there));
      if (sent !== undefined && received !== undefined) received.content = sent.content;
    }
    this.#carryVariables();
  }

  /** Firmware variables are memory of the guest's, which the target writes into a file of its own. */
  #carryVariables(): void {
    const path = readDomainXml(this.#domain.xml).extras.nvram?.path ?? null;
    const sent = path === null ? undefined : this.#source.directories.get(dirname(path))?.get(basename(path));
    if (path === null || sent === undefined) return;
    const there = this.#options.adaptation?.storage?.paths[path] ?? path;
    const files = this.#arrival.host.directories.get(dirname(there));
    if (files?.get(basename(there)) !== sent) files?.set(basename(there), { ...sent });
  }

  /** Throws when the target does not wait for the guest any more. */
  requireArrival(): void {
    const { domainId } = this.#options;
    const { host, incoming } = this.#arrival;
    if (!host.up) throw this.#error('unreachable', `${host.name} is down`);
    if (host.domains.get(domainId) === incoming) return;
    throw this.#error('refused', `${this.#source.name}: ${host.name} does not take ${domainId} any more`);
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#source.name, message);
  }
}

/** The job of a migration that begins now. */
export function newJob(
  domain: SimulatedDomain,
  world: SimulatedWorld,
  { bandwidthBytesPerSecond, maxDowntimeMs, tuning, copyDisks }: LiveMigrationOptions,
): SimulatedJob {
  const { memoryBytes } = readDomainXml(domain.xml);
  return {
    kind: 'out',
    startedAtStep: world.steps,
    sentBytes: 0,
    totalBytes: memoryBytes,
    iteration: 1,
    postCopy: 'no',
    aborted: false,
    capBytesPerSecond: bandwidthBytesPerSecond,
    limitMs: maxDowntimeMs ?? 300,
    linkBytesPerSecond: tuning?.availSwitchoverBytesPerSecond ?? null,
    changedBytes: 0,
    tuning: tuning ?? null,
    downtimeMs: null,
    copiesDisks: copyDisks.length > 0,
    stood: domain.state === 'paused',
  };
}

/** Whether its link was lost while memory was fetched over it. */
function isBroken({ postCopy }: SimulatedJob): boolean {
  return postCopy === 'broken';
}
