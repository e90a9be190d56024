import type { Hypervisor } from '@ferry/hypervisor';
import type { RuleSet } from '@ferry/model';
import type { Logger } from 'pino';
import type { ControllerMetrics } from '../../observe/controller-metrics.ts';
import type { Readiness } from '../../observe/readiness.ts';
import type { Store } from '../../store/store.ts';
import type { HostDirectories } from '../hosts/host-directories.ts';
import type { HostUris } from '../hosts/host-uris.ts';
import type { ImageFiles } from '../image-library/image-files.ts';
import type { ProbeKeeper } from '../facts/connectivity/probe-keeper.ts';
import type { ExpiringCache } from './expiring-cache.ts';
import type { Locks } from './keyed-lock.ts';
import { type Quotas, defaultQuotas } from './quotas.ts';

/** The authority that signs for hosts. */
export interface SignsForHosts {
  /** SHA-256 of its certificate; null: it is not made yet. */
  fingerprint(): Promise<string | null>;
  /** A key and a certificate for a host's names, as PEM, with the authority that signed it, which is made when it is not there. */
  sign(
    names: readonly string[],
  ): Promise<{ readonly certificate: string; readonly key: string; readonly authority: string }>;
}

/** What operations work with. */
export interface Services {
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  /** By which URIs hosts are reached at all. */
  readonly hostUris: HostUris;
  /** In which directories of hosts guests may have files. */
  readonly directories: HostDirectories;
  readonly log: Logger;
  /** What is counted of the work; none: nothing is. */
  readonly metrics?: ControllerMetrics;
  /** Told how rounds ended. */
  readonly readiness?: Readiness;
  readonly limits: Limits;
  /** A program of the operator's that powers a host off; none: an operator has to say that it is off. */
  readonly fenceHook?: string | null;
  /** A program of the operator's that upgrades an empty host; none: a plan waits for a person's word. */
  readonly upgradeHook?: string | null;
  /** A program of the operator's that tells guests before they move; none: no policy can have one told. */
  readonly noticeHook?: string | null;
  /** One bringer of a base image at a time, by target host and path. */
  readonly imageLocks: Locks;
  /** One who changes the packet filters or the networks of a host at a time, by its URI. */
  readonly hostChanges: Locks;
  /** One move at a time takes its turn on the ports of its hosts. */
  readonly linkTurns: Locks;
  /** Who signs the certificates of hosts. */
  readonly hostAuthority: SignsForHosts;
  /** The bytes of the images that instances are created from. */
  readonly library: ImageFiles;
  /** What asks guests from outside while they move. */
  readonly probes: ProbeKeeper;
  /** Whether locks hold in directories of two hosts, by the two and both paths: that takes the start of guests to find out. */
  readonly diskLocks: ExpiringCache<boolean>;
  /** By which names another host sees a directory, by both hosts and the directory. */
  readonly directoryNames: ExpiringCache<readonly string[]>;
  /** By which numbers live transfers are judged, and by which others beside them that only tell; the default ones when not given. */
  readonly rules?: { readonly active: RuleSet; readonly shadow: RuleSet | null };
}

/** Waits and deadlines, milliseconds, the size of a piece, and how many there may be of something. One place, so that tests and operators can set them. */
export interface Limits {
  /** Longest wait for a host's facts before it counts as down. */
  readonly inspectMs: number;
  /** Longest wait for the target to get ready for the state (libvirt's Prepare). */
  readonly prepareMs: number;
  /** Longest wait for the target's answer to Finish before it is asked by other means. */
  readonly finishMs: number;
  /** How long a host that does not answer is asked again, before a person is. */
  readonly unknownMs: number;
  /** How long nothing may go from host to host in a live transfer before it counts as stalled. */
  readonly stallMs: number;
  /** Pause between two looks at a running transfer. */
  readonly pollMs: number;
  /** How long a moved guest may take to show life. */
  readonly aliveMs: number;
  /** How long a moved guest may take to answer from outside, its boot included after a cold migration. */
  readonly answerMs: number;
  /** How long nothing may go through between two hosts before a copy counts as broken off. */
  readonly copyStallMs: number;
  /** The first pause before a copy that broke off is tried again; later ones are longer. */
  readonly copyRetryMs: number;
  /** How long a token of a console opens it. */
  readonly consoleTokenMs: number;
  /** How long a console that has ended is looked for again, at the host that its instance is moved to for one. */
  readonly consoleMoveMs: number;
  /** How often who looks at a console is asked for a sign of life; one that gave none since the last time is gone. */
  readonly consoleBeatMs: number;
  /** How often it is looked whether whom a console was granted to may still have it. */
  readonly consoleRightMs: number;
  /** Consoles that one controller has open at most: each is a connection to a host, and memory. */
  readonly maxConsoles: number;
  /** Bytes of a file that are copied and compared at a time when they go through the controller. */
  readonly copyPieceBytes: number;
  /** Bytes of a disk that a rehearsal sends to measure a link. */
  readonly rehearsalBytes: number;
  /** What each project may have. */
  readonly quotas: Quotas;
}

/** The limits that hold when nobody says otherwise. */
export const defaultLimits: Limits = {
  inspectMs: 5_000,
  prepareMs: 30_000,
  finishMs: 5_000,
  unknownMs: 600_000,
  stallMs: 10_000,
  pollMs: 500,
  aliveMs: 15_000,
  answerMs: 60_000,
  copyStallMs: 60_000,
  copyRetryMs: 1_000,
  consoleTokenMs: 600_000,
  consoleMoveMs: 60_000,
  consoleBeatMs: 30_000,
  consoleRightMs: 2_000,
  maxConsoles: 256,
  copyPieceBytes: 256 * 1024 * 1024,
  rehearsalBytes: 64 * 1024 * 1024,
  quotas: defaultQuotas,
};
