import { EventEmitter } from 'node:events';
import type { ConsoleStream } from '../contract/host-guests.ts';
import type { DomainEvent } from '../contract/host-domains.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { Faults } from './faults.ts';
import { type HostOptions, newHost } from './new-host.ts';
import { newDomain } from './simulated-domain.ts';
import type {
  SimulatedDirectory,
  SimulatedDomain,
  SimulatedHostState,
  SimulatedJob,
  SimulatedReceiver,
} from './simulated-state.ts';

/** How the clock of the world goes: by itself every few milliseconds, or only when `step` is called. */
export type SimulatedClock = { readonly kind: 'own'; readonly stepMs: number } | { readonly kind: 'by-hand' };

const mebibyte = 1024 * 1024;

/** Hosts that exist in memory only. Time goes in steps; every step sends a piece of each running migration. */
export class SimulatedWorld {
  readonly hosts = new Map<string, SimulatedHostState>();
  readonly faults = new Faults();
  readonly events = new EventEmitter();
  /** Receivers of direct copies, by the port that they listen on. */
  readonly receivers = new Map<number, SimulatedReceiver>();
  /** Ports that examiners have opened, as `HOST:PORT`, with the token for each. */
  readonly doors = new Map<string, string>();
  /** What probes hold at this moment, by directory. */
  readonly heldImages = new Map<SimulatedDirectory, string>();
  /** Serial consoles that somebody has open. */
  readonly openConsoles = new Map<SimulatedDomain, ConsoleStream>();
  /** Bytes that a migration sends in one step. */
  bytesPerStep: number = 32 * mebibyte;
  /** Bytes that a guest changes in a step: one that changes as much as is sent is never done by itself. */
  dirtyBytesPerStep = 0;
  /**
   * Memory that guests change over and over, and how much of it in a step; null: as `dirtyBytesPerStep` says. A pass is over
   * then as QEMU ends it: when no more is left than the downtime limit allows at its rate.
   */
  hotSet: { bytes: number; bytesPerStep: number } | null = null;
  /** The link between the hosts is lost as soon as memory is fetched over it, unless it is resumed. */
  breaksPostCopy = false;
  /** Bytes of disks that a migration which copies some tells of, in the measure in which it sends. */
  toldDiskBytes = 0;
  steps = 0;
  /** False: what hosts tell by themselves is lost, as in a reconnect. */
  eventsArrive = true;
  readonly #clock: SimulatedClock;

  constructor(clock: SimulatedClock = { kind: 'own', stepMs: 5 }) {
    this.#clock = clock;
    this.events.setMaxListeners(0);
  }

  /** Adds a host reached as `simulated://NAME/`, with its own `/images` and any shared directories given, each a pool. */
  addHost(name: string, options: HostOptions = {}): SimulatedHostState {
    const state = newHost(name, this.hosts.size + 1, options);
    this.hosts.set(state.uri, state);
    return state;
  }

  /** A host by its name; throws for one that is not there. */
  host(name: string): SimulatedHostState {
    const found = this.hosts.get(`simulated://${name}/`);
    if (found === undefined) throw new Error(`no simulated host ${name}`);
    return found;
  }

  /** Puts a domain onto a host, running or off, with its images. */
  addDomain(host: string, xml: string, state: 'running' | 'shutoff' = 'running'): string {
    const { id } = readDomainXml(xml);
    this.host(host).domains.set(id, newDomain(xml, state, state === 'running' ? 'booted' : 'shutdown'));
    return id;
  }

  /** Names of the hosts on which a guest's processors run. */
  runners(id: string): string[] {
    return [...this.hosts.values()]
      .filter((host) => host.domains.get(id)?.state === 'running')
      .map((host) => host.name);
  }

  /**
   * `virsh suspend`: the processors of a guest stop, if they run. As in libvirt the reason is not told apart from that of the
   * migration's own stop while it is sent, and it runs again where it comes to, or stays.
   */
  suspend(host: string, id: string): void {
    const domain = this.host(host).domains.get(id);
    if (domain === undefined) throw new Error(`no ${id} on ${host}`);
    if (domain.state !== 'running') return;
    Object.assign(domain, { state: 'paused', reason: domain.job === null ? 'user' : 'migrating' });
    this.tell({ kind: 'state-changed', domainId: id, now: 'stopped' }, host);
  }

  /** One step of time. */
  step(): void {
    this.steps += 1;
    for (const host of this.hosts.values()) {
      for (const domain of host.domains.values()) {
        if (domain.state === 'running') domain.vcpuTimeNs += 1_000_000n;
        if (domain.job !== null) this.#send(domain.job, domain.state === 'running');
      }
    }
    this.events.emit('step');
  }

  /** A guest that stands still changes no memory. */
  #send(job: SimulatedJob, runs: boolean): void {
    if (job.postCopy === 'broken') return;
    if (this.hotSet !== null) return this.#sendPass(job, runs ? this.hotSet : { bytes: 0, bytesPerStep: 0 });
    job.sentBytes = Math.min(job.totalBytes, job.sentBytes + this.bytesPerStep);
    const keepsUp = runs && this.dirtyBytesPerStep >= this.bytesPerStep && job.postCopy === 'no';
    if (job.sentBytes < job.totalBytes || !keepsUp) return;
    job.iteration += 1;
    job.totalBytes += this.bytesPerStep;
  }

  #sendPass(job: SimulatedJob, hot: { bytes: number; bytesPerStep: number }): void {
    const perStep = Math.min(this.bytesPerStep, (job.capBytesPerSecond ?? Number.POSITIVE_INFINITY) / 10);
    job.sentBytes = Math.min(job.totalBytes, job.sentBytes + perStep);
    if (job.postCopy !== 'no') return;
    job.changedBytes = Math.min(hot.bytes, (job.changedBytes ?? 0) + hot.bytesPerStep);
    const counted = job.linkBytesPerSecond ?? perStep * 10;
    const allowed = (counted * (job.limitMs ?? 300)) / 1000;
    const left = job.totalBytes - job.sentBytes;
    if (left > allowed) return;
    // What was not sent yet and is changed again is sent once.
    const next = Math.min(left + job.changedBytes, Math.max(left, hot.bytes));
    job.changedBytes = 0;
    if (next <= allowed) {
      job.sentBytes = job.totalBytes;
      job.downtimeMs = Math.round((next / counted) * 1000);
      return;
    }
    job.iteration += 1;
    job.totalBytes += next - left;
  }

  /** Resolves after one more step; it makes the step itself when the clock goes by itself. */
  async nextStep(signal?: AbortSignal): Promise<void> {
    if (this.#clock.kind === 'own') {
      const { stepMs } = this.#clock;
      await new Promise((resolve) => setTimeout(resolve, stepMs));
      this.step();
    } else {
      await new Promise<void>((resolve) => {
        this.events.once('step', resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    signal?.throwIfAborted();
  }

  tell(event: DomainEvent, host: string): void {
    if (this.eventsArrive) this.events.emit('domain', event, host);
  }
}
