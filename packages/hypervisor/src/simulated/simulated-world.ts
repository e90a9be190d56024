import { EventEmitter } from 'node:events';
import type {
  DirtyCurve,
  DomainFacts,
  HardwareFacts,
  HostExamination,
  HostFacts,
  ImageInside,
  OwnershipFacts,
  HostNetworkFacts,
  PresentSighting,
  TransferProgress,
} from '@ferry/model';
import type { ConsoleStream } from '../contract/host-consoles.ts';
import type { MigrationTuning } from '../contract/host-migration.ts';
import type { DomainRecords } from '../contract/domain-records.ts';
import type { DomainEvent } from '../contract/host-domains.ts';
import type { ImageSpec } from '../contract/host-storage.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { Faults } from './faults.ts';

/** A file on a simulated host. `content` stands for all its bytes. */
export interface SimulatedFile extends Omit<ImageSpec, 'path'> {
  content: string;
  /** What it holds beside its disk, or keeps elsewhere. */
  inside?: Partial<ImageInside>;
  /** Of a file that is being written: its bytes so far, base64. `capacityBytes` is then the number it shall have. */
  unfinished?: string;
  /** Of a file that came from outside of the simulation: its very bytes, base64. */
  bytes?: string;
}

/** A directory of files; several hosts may hold the same one: shared storage. */
export type SimulatedDirectory = Map<string, SimulatedFile>;

/** A migration job on its source. */
export interface SimulatedJob {
  readonly kind: 'out';
  readonly startedAtStep: number;
  sentBytes: number;
  totalBytes: number;
  /** Passes over the guest's memory, the first is 1. */
  iteration: number;
  /** The target runs the guest already, and what is sent is what it still lacks. */
  postCopy: 'no' | 'begun' | 'broken';
  aborted: boolean;
  /** Bytes a second that it may send; null: no limit. */
  capBytesPerSecond?: number | null;
  /** Downtime limit, milliseconds, and the rate that it is counted with where that is not the one it sends at. */
  limitMs?: number;
  readonly linkBytesPerSecond?: number | null;
  /** Its cache for deltas, where it was set while it runs. */
  xbzrleCacheBytes?: number;
  /** What the guest has changed since the last pass began. */
  changedBytes?: number;
  /** What else it was told. */
  readonly tuning?: MigrationTuning | null;
  /** Of one that has switched over. */
  downtimeMs?: number | null;
  /** It sends disks, too. */
  readonly copiesDisks?: boolean;
  /** Its guest stood still when it began: it does so where it comes to, and where it stays. */
  readonly stood: boolean;
}

/** What a guest does with its memory. */
export interface SimulatedMemory {
  readonly usedBytes: number;
  /** How it writes to it; null: its hypervisor cannot tell. */
  readonly writes: DirtyCurve | null;
}

export interface SimulatedDomain {
  /** As it lives now; of one that is off, as it is defined. */
  xml: string;
  /** What its next start takes, where that is something else. */
  nextXml: string | null;
  /** Why it may not be started, as Ferry has it say. */
  heldBy: string | null;
  /** Why its QEMU does not come up here; null: it does. */
  cannotStart: string | null;
  /** Why libvirt gives none of its descriptions; null: it does. */
  unreadable: string | null;
  state: PresentSighting['state'];
  reason: string;
  persistent: boolean;
  autostart: boolean;
  /** Its memory is on the host's disk (`managedsave`). */
  saved: boolean;
  job: SimulatedJob | null;
  completed: TransferProgress | null;
  vcpuTimeNs: bigint;
  records: DomainRecords;
  /** Lives only as long as the connection of the one who prepared it. */
  incomingFrom: string | null;
  /** Of one that is coming: all its memory is there. */
  arrived: boolean;
  /** Its guest stood still where it came from. */
  stood: boolean;
  /** Its guest lets go of no disk while it runs. */
  keepsDisks: boolean;
  /** It boots: so many requests to power off, or to let go of a disk, it still misses. */
  misses: number;
  /** Null: nobody can tell. */
  memory: SimulatedMemory | null;
}

export interface SimulatedHostState {
  readonly name: string;
  readonly uri: string;
  readonly facts: HostFacts;
  /** Whether it answers, to clients and to other hosts. What runs on it goes on meanwhile. */
  up: boolean;
  /** Grows with each start of its libvirtd: connections to an earlier one are broken. */
  daemonStarts: number;
  /** What runs the copying program; null: only libvirtd is reached. */
  shell: { python: string | null; zstd: boolean; root: boolean } | null;
  /** What its shell finds, where that is not as on a host that was set up well. */
  examination: Partial<HostExamination>;
  /** What names lead to here, where that is not the host's own address. */
  readonly namesHere: Map<string, readonly string[]>;
  readonly domains: Map<string, SimulatedDomain>;
  readonly directories: Map<string, SimulatedDirectory>;
  /** Emulators that it has, by path; null: any. */
  emulators: Set<string> | null;
  /** Servers of disks on the network that it does not get to. */
  readonly cutOffFrom: Set<string>;
  ownership: OwnershipFacts;
  /** Whether screens of its guests are reached from the controller. */
  screensReached: boolean;
  /** Whether locks on files of shared directories reach the other hosts. */
  locksHold: boolean;
  /** Packet filters by name, with their descriptions; null where the host cannot filter. */
  filters: Map<string, string> | null;
  /** Domains of which something stands before interfaces that are not there any more. */
  readonly staleBindings: Set<string>;
  /** Whether filters see what passes its bridges. */
  filtersInForce: boolean;
  /** The hypervisor's own networks, and the devices of the host. */
  readonly networks: Map<string, SimulatedNetwork>;
  /** Storage pools by name. */
  readonly pools: Map<string, SimulatedPool>;
  /** Secrets by uuid. */
  readonly secrets: Map<string, SimulatedSecret>;
  /** Block devices by path, with what tells them from others; what they hold are files of the same path. */
  readonly identities: Map<string, string>;
  /** What it is made of; devices by their address. */
  hardware: HardwareFacts & { readonly devices: ReadonlyMap<string, string> };
  /** Devices of guests that it cannot give, by a word of their description, with what its hypervisor says then. */
  readonly refusedDevices: Map<string, string>;
  readonly devices: Map<
    string,
    Partial<HostNetworkFacts> & { readonly isBridge: boolean; readonly mtu: number }
  >;
}

export interface SimulatedNetwork {
  active: boolean;
  readonly autostart: boolean;
  readonly bridge: string | null;
  readonly mtu: number;
  /** What else is told of it. */
  readonly facts?: Partial<HostNetworkFacts>;
}

/** A pool: of a directory, or made of something else. */
export interface SimulatedPool {
  readonly type: string;
  active: boolean;
  readonly autostart: boolean;
  readonly directory: string | null;
  readonly source: string;
  /** What it can hold, bytes; none: as much as directories. */
  readonly roomBytes?: number;
}

export interface SimulatedSecret {
  readonly usageType: string;
  readonly usage: string;
  readonly isPrivate: boolean;
  value: string | null;
}

/** A direct copy that waits for its sender, or gets what it sends. */
export interface SimulatedReceiver {
  readonly token: string;
  /** The certificate that both sides show; null: not encrypted. */
  readonly certificate: string | null;
  /** Whether what it has already begins with these bytes. */
  has(bytes: Buffer): boolean;
  /** Takes bytes from an offset on, of so many; throws what ends it. */
  take(from: number, bytes: Buffer, lengthBytes: number): void;
}

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
  addHost(
    name: string,
    options: {
      facts?: Partial<HostFacts>;
      shared?: Record<string, SimulatedDirectory>;
      shell?: SimulatedHostState['shell'];
    } = {},
  ): SimulatedHostState {
    const number = this.hosts.size + 1;
    const state: SimulatedHostState = {
      name,
      uri: `simulated://${name}/`,
      up: true,
      daemonStarts: 1,
      shell: options.shell ?? null,
      examination: {},
      namesHere: new Map(),
      facts: { ...defaultFacts(name, number), ...options.facts },
      domains: new Map(),
      filters: new Map(),
      filtersInForce: true,
      staleBindings: new Set(),
      networks: new Map([['default', { active: true, autostart: true, bridge: 'virbr0', mtu: 1500 }]]),
      pools: new Map(
        ['/images', ...Object.keys(options.shared ?? {})].map((directory) => [
          `pool of ${directory}`,
          { type: 'dir', active: true, autostart: true, directory, source: '' },
        ]),
      ),
      secrets: new Map(),
      identities: new Map(),
      hardware: defaultHardware(),
      refusedDevices: new Map(),
      devices: new Map([['br-ex', { isBridge: true, mtu: 1500 }]]),
      emulators: null,
      cutOffFrom: new Set(),
      ownership: { dynamic: true, remembered: false },
      locksHold: true,
      screensReached: true,
      directories: new Map([['/images', new Map()], ...Object.entries(options.shared ?? {})]),
    };
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

/** A domain as it stands on a host. */
export function newDomain(xml: string, state: SimulatedDomain['state'], reason: string): SimulatedDomain {
  return {
    xml,
    nextXml: null,
    unreadable: null,
    heldBy: null,
    cannotStart: null,
    state,
    reason,
    persistent: true,
    autostart: false,
    saved: false,
    job: null,
    completed: null,
    vcpuTimeNs: 0n,
    records: { snapshots: [], checkpoints: [] },
    incomingFrom: null,
    arrived: false,
    stood: false,
    keepsDisks: false,
    misses: 0,
    memory: null,
  };
}

/** Whether a guest that is asked so often hears one of the requests; those that it misses are behind it then. */
export function hears(domain: SimulatedDomain, times: number): boolean {
  const heard = times > domain.misses;
  domain.misses = Math.max(0, domain.misses - times);
  return heard;
}

/** Power state as the model names it. */
export function powerOf(state: SimulatedDomain['state']): DomainFacts['power'] {
  return state === 'other' ? 'unknown' : state;
}

function defaultHardware(): SimulatedHostState['hardware'] {
  return {
    cpu: { model: 'EPYC', vendor: 'AMD', microcode: '1', features: ['x2apic'] },
    cells: [{ id: 0, cpus: [0, 1, 2, 3, 4, 5, 6, 7] }],
    hugePages: [{ sizeBytes: 2 * mebibyte, free: 0 }],
    securityModels: ['dac'],
    launchSecurity: [],
    devices: new Map(),
  };
}

function defaultFacts(name: string, number: number): HostFacts {
  return {
    hostUuid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    hostname: name,
    hypervisorType: 'QEMU',
    hypervisorVersion: 10_000_013,
    libvirtVersion: 11_003_000,
    arch: 'x86_64',
    cpuModel: 'qemu64',
    cpus: 8,
    memoryBytes: 8192 * mebibyte,
    memoryAvailableBytes: 6144 * mebibyte,
    domainTypes: ['qemu'],
    machineTypes: ['pc-q35-10.0', 'q35'],
    qemuOwner: { uid: 64055, gid: 64055 },
    networks: [],
  };
}
