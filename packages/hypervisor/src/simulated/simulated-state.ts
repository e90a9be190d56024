import type { KeyPairKeyObjectResult } from 'node:crypto';
import type {
  DirtyCurve,
  HardwareFacts,
  HostExamination,
  HostFacts,
  HostNetworkFacts,
  ImageInside,
  OwnershipFacts,
  PresentSighting,
  TransferProgress,
} from '@ferry/model';
import type { MigrationTuning } from '../contract/host-migration.ts';
import type { DomainRecords } from '../contract/host-domains.ts';
import type { ConfigurationChange } from '../contract/host-shell.ts';
import type { ImageSpec } from '../contract/host-storage.ts';

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
  startPreventedBy: string | null;
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
  /** Processors that its guest keeps busy. */
  cpusUsed: number;
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
  /** Keys that wait there for their certificates. */
  readonly waitingKeys: Map<string, KeyPairKeyObjectResult>;
  /** What was changed of its configuration. */
  readonly changes: Map<
    string,
    {
      readonly change: ConfigurationChange;
      readonly state: 'armed' | 'confirmed' | 'undone';
      readonly undo: () => void;
    }
  >;
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
