import type { TransferProgress } from '@ferry/model';
import type { Call } from './call.ts';
import type { DomainAdaptation } from './domain-adaptation.ts';

/** Where one hypervisor waits for another. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** What libvirt is told of one live migration. */
export interface LiveMigrationOptions {
  readonly domainId: string;
  /** Keep a persistent definition on the target (the source had one). */
  readonly persistent: boolean;
  /** Disks to copy, by the guest's name (`vda`); empty when all are shared. Their targets must exist. */
  readonly copyDisks: readonly string[];
  readonly bandwidthBytesPerSecond: number | null;
  readonly maxDowntimeMs: number | null;
  /** Post-copy may be begun while it runs (`startPostCopy`); it does not begin by itself. Not together with `arrivesPaused`. */
  readonly postCopy: boolean;
  /** The target holds the guest paused when all of it is there, until it is told to run (`HostDomains.ensureResumed`). */
  readonly arrivesPaused: boolean;
  /** How the domain is to be on the target; null as it is. */
  readonly adaptation: DomainAdaptation | null;
  /** What else it is told; not set: nothing. */
  readonly tuning?: MigrationTuning;
}

/** How memory and disks are sent. */
export interface MigrationTuning {
  /** Connections that memory is sent over at once; null: the one of the migration. */
  readonly parallelConnections: number | null;
  /** `zstd` only with parallel connections, `xbzrle` only without. */
  readonly compression: 'none' | 'xbzrle' | 'zstd';
  /** Memory of the source for deltas, bytes, a power of two; null: the hypervisor's own. */
  readonly xbzrleCacheBytes: number | null;
  /** The guest's processors are slowed down where it changes memory too fast: percent at first, and more at each pass. */
  readonly throttle: { readonly firstPercent: number; readonly stepPercent: number } | null;
  /** What the link carries at the switch-over, bytes a second: the downtime limit is counted with it. Null: not told. */
  readonly availSwitchoverBytesPerSecond: number | null;
  /** Copied disks whose targets hold nothing but zeros, by the guest's names. */
  readonly zeroTargets: readonly string[];
  /** Memory and disks go by QEMU's native TLS; not set: in the clear. */
  readonly encrypted?: boolean;
}

/** The source's side of a migration that Ferry coordinates. Lives on a connection of its own. */
export interface MigrationSource {
  /** Phase 1: the source makes the description that the target will run. */
  begin(call?: Call): Promise<{ readonly xml: string; readonly cookie: Uint8Array }>;
  /** Phase 3: sends all; resolves when the state is on the target and the source is paused. */
  perform(
    input: { readonly uri: string; readonly cookie: Uint8Array; readonly xml: string },
    call?: Call,
  ): Promise<Uint8Array>;
  /** Phase 5: `moved` ends the source's domain, `stayed` makes it run on. Only to be called when the target's state is known. */
  confirm(verdict: 'moved' | 'stayed', cookie: Uint8Array, call?: Call): Promise<void>;
  /** Ends the connection; libvirt then cancels a migration that is still sending. */
  close(): Promise<void>;
}

/** The target's side of a migration that Ferry coordinates. Lives on a connection of its own. */
export interface MigrationTarget {
  /**
   * Phase 2: starts an empty hypervisor process that waits for the state. `disksAt`: where it waits for copied disks; null
   * when that was not told.
   */
  prepare(
    input: { readonly xml: string; readonly cookie: Uint8Array; readonly domainName: string },
    call?: Call,
  ): Promise<{ readonly uri: string; readonly cookie: Uint8Array; readonly disksAt: PeerAddress | null }>;
  /** Phase 4: `keep` makes it a guest of this host, which runs or `arrivesPaused`; `cancel` takes it away. Resolves with the source's cookie. */
  finish(
    verdict: 'keep' | 'cancel',
    input: { readonly uri: string; readonly cookie: Uint8Array; readonly domainName: string },
    call?: Call,
  ): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Moving domains that run. */
export interface HostMigration {
  /**
   * Peer-to-peer: this host and the target do all of it and go on without the caller.
   * Resolves when libvirt says that it is done; the answer is no proof, `sight` on both hosts is.
   */
  migrateToPeer(
    options: LiveMigrationOptions & { readonly targetPeerUri: string },
    call?: Call,
  ): Promise<void>;
  openMigrationSource(options: LiveMigrationOptions, call?: Call): Promise<MigrationSource>;
  openMigrationTarget(options: LiveMigrationOptions, call?: Call): Promise<MigrationTarget>;
  /** The migration job's numbers now; null when no job runs. Answered on a lane of its own. */
  jobProgress(domainId: string, call?: Call): Promise<TransferProgress | null>;
  /** Numbers of the last finished migration, kept by the target; null when there are none. */
  completedJob(domainId: string, call?: Call): Promise<TransferProgress | null>;
  /** Bytes a second that a job may send from now on; null: no limit. */
  setBandwidth(domainId: string, bytesPerSecond: number | null, call?: Call): Promise<void>;
  /** Memory of the source that a job has for deltas from now on, bytes, a power of two. */
  setCompressionCache(domainId: string, bytes: number, call?: Call): Promise<void>;
  /** The downtime limit that a job compares with from now on, milliseconds. */
  setMaxDowntime(domainId: string, limitMs: number, call?: Call): Promise<void>;
  /** The target runs the guest from now on and fetches the rest of its memory; there is no way back. Begun already is fine. */
  startPostCopy(domainId: string, call?: Call): Promise<void>;
  /** Goes on with a peer-to-peer migration whose post-copy broke off; resolves like `migrateToPeer`. */
  resumePostCopy(
    options: LiveMigrationOptions & { readonly targetPeerUri: string },
    call?: Call,
  ): Promise<void>;
  /** Asks for the end of a job; none running is fine. */
  abortJob(domainId: string, call?: Call): Promise<void>;
}
