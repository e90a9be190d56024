import type { Finding } from '../check/finding.ts';
import type { ConnectivityReport } from '../connectivity/connectivity-report.ts';
import type { FileCopy } from '../copy/file-copy.ts';
import type { FlavorSnapshot } from '../instance/instance-profile.ts';
import type { Rehearsal } from '../rehearsal/rehearsal.ts';
import type { KeptFile } from '../storage/file-users.ts';
import type { TransferPlan } from '../strategy/transfer-plan.ts';
import type { TransferProgress } from './transfer-progress.ts';
import { noRounds, type WarmRounds } from './warm-rounds.ts';

/** How an instance moves; a rehearsal tries all of a live migration but the move. */
export type MigrationKind = 'live-migration' | 'cold-migration' | 'evacuation' | 'rehearsal';

/**
 * Statuses in Nova's words. A live migration goes accepted, queued, preparing, running, post-migrating (its
 * memory is over), completed (or failed, cancelled, error); a cold one accepted, pre-migrating, migrating, post-migrating, finished, confirmed. One that is held
 * stays finished until a person decides: confirming, confirmed, or reverting, reverted. An evacuation goes accepted,
 * pre-migrating, done, and is completed when its source is back and holds nothing of it any more. A rehearsal goes as a live
 * migration does.
 */
export type MigrationStatus =
  | 'accepted'
  | 'queued'
  | 'preparing'
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'error'
  | 'pre-migrating'
  | 'migrating'
  | 'post-migrating'
  | 'finished'
  | 'confirming'
  | 'confirmed'
  | 'reverting'
  | 'reverted'
  | 'done';

/** What an instance has of its host. */
export interface InstanceSize {
  readonly memoryBytes: number;
  readonly vcpus: number;
  /** Null for one that was adopted and never resized. */
  readonly flavor: FlavorSnapshot | null;
}

/** A change of size that comes with a cold migration. */
export interface Resize {
  readonly from: InstanceSize;
  readonly to: InstanceSize & { readonly flavor: FlavorSnapshot };
  /** The disk that grows, by its path at the source, and the size that its guest sees then; null: none grows. */
  readonly rootDisk: {
    readonly path: string;
    readonly capacityBytes: number;
    /** As the definition says it. Not set by earlier versions. */
    readonly format?: string;
  } | null;
}

/** One migration, past or present. */
export interface Migration {
  readonly id: string;
  readonly kind: MigrationKind;
  readonly instanceId: string;
  readonly instanceName: string;
  readonly sourceHostId: string;
  readonly sourceHost: string;
  readonly targetHostId: string;
  readonly targetHost: string;
  readonly status: MigrationStatus;
  /** What it does or waits for at this moment, for people. */
  readonly phase: string;
  readonly plan: TransferPlan | null;
  /** Files that were brought to the target, and how. */
  readonly copies: readonly FileCopy[];
  /**
   * Paths on the target that were free and that this migration has filled or has the hypervisor fill, and `domain` once the one
   * there can be its own: what it may take away again. Null: of a version that did not write it down, where all of its plan's paths count.
   */
  readonly made: readonly string[] | null;
  /** Of a warm move, what its disks stand on. Null: of a version that did not write it down. */
  readonly rounds: WarmRounds | null;
  /** Files that stayed where they would have been taken away, and why. */
  readonly kept: readonly KeptFile[];
  readonly findings: readonly Finding[];
  readonly progress: TransferProgress | null;
  readonly result: MigrationResult | null;
  readonly error: MigrationFailure | null;
  readonly abortRequested: boolean;
  /** Cold: the source keeps all of it until a person confirms or reverts. */
  readonly held: boolean;
  /** Null: it keeps its size. */
  readonly resize: Resize | null;
  /** Of a rehearsal: what it found; null as long as it goes on, and of all others. */
  readonly rehearsal: Rehearsal | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
}

/** What must be known of a migration when it is accepted. */
type Begun = Pick<
  Migration,
  | 'id'
  | 'kind'
  | 'instanceId'
  | 'instanceName'
  | 'sourceHostId'
  | 'sourceHost'
  | 'targetHostId'
  | 'targetHost'
  | 'plan'
  | 'findings'
>;

/** A migration as it is accepted: of all that is not said, nothing has happened yet. */
export function newMigration(begun: Begun & Partial<Migration>, at: string): Migration {
  return {
    status: 'accepted',
    phase: 'accepted',
    copies: [],
    made: [],
    rounds: noRounds,
    kept: [],
    progress: null,
    result: null,
    error: null,
    abortRequested: false,
    held: false,
    resize: null,
    rehearsal: null,
    createdAt: at,
    updatedAt: at,
    finishedAt: null,
    ...begun,
  };
}

/** Why a migration did not end well. */
export interface MigrationFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What a finished migration measured. */
export interface MigrationResult {
  readonly elapsedMs: number;
  readonly downtimeMs: number | null;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** How the guest was seen alive after the move, in words; null when it was not running. */
  readonly guestSeenAlive: string | null;
  /** How it answered from outside meanwhile; null when nobody asked for that. */
  readonly connectivity: ConnectivityReport | null;
  /** How much of it was copied while the guest ran; null where all of it was copied at once. */
  readonly warm: WarmReport | null;
}

/** Rounds of copying while the guest ran, what they brought, and what was left for the time when it was off. */
export interface WarmReport {
  readonly rounds: number;
  readonly bytesWhileRunning: number;
  readonly bytesWhileOff: number;
}

type Table = Readonly<Partial<Record<MigrationStatus, readonly MigrationStatus[]>>>;

/**
 * From each status to those that may follow, in Nova's words. A status that leads nowhere is final; one that is
 * missing does not occur in that kind. Nova knows no abort of a cold migration; Ferry's is `cancelled` too, and only
 * while the copy is not yet the instance.
 */
export const nextStatuses: Readonly<Record<MigrationKind, Table>> = {
  'live-migration': {
    accepted: ['queued', 'cancelled', 'failed', 'error'],
    queued: ['preparing', 'cancelled', 'failed', 'error'],
    preparing: ['running', 'cancelled', 'failed', 'error'],
    running: ['post-migrating', 'completed', 'cancelled', 'failed', 'error'],
    // Its memory is over, to either end: what is left is to see where it runs, and to clean up.
    'post-migrating': ['completed', 'cancelled', 'failed', 'error'],
    completed: [],
    cancelled: [],
    failed: [],
    error: [],
  },
  'cold-migration': {
    accepted: ['pre-migrating', 'cancelled', 'error'],
    'pre-migrating': ['migrating', 'cancelled', 'error'],
    migrating: ['post-migrating', 'cancelled', 'error'],
    'post-migrating': ['finished', 'cancelled', 'error'],
    finished: ['confirmed', 'confirming', 'reverting', 'error'],
    confirming: ['confirmed'],
    // What could not be reverted is where it was before: at the target, and still to be decided on.
    reverting: ['reverted', 'finished'],
    confirmed: [],
    reverted: [],
    cancelled: [],
    error: [],
  },
  rehearsal: {
    accepted: ['queued', 'cancelled', 'failed'],
    queued: ['preparing', 'cancelled', 'failed'],
    preparing: ['running', 'cancelled', 'failed'],
    running: ['completed', 'cancelled', 'failed'],
    completed: [],
    cancelled: [],
    failed: [],
  },
  evacuation: {
    accepted: ['pre-migrating', 'cancelled', 'failed'],
    'pre-migrating': ['done', 'cancelled', 'failed'],
    done: ['completed'],
    completed: [],
    cancelled: [],
    failed: [],
  },
};

/** A migration was to take a status that cannot follow the one it has. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
  readonly code = 'illegal-transition';
}

/** Whether one status may follow another. */
export function canBecome(kind: MigrationKind, from: MigrationStatus, to: MigrationStatus): boolean {
  return nextStatuses[kind][from]?.includes(to) ?? false;
}

/** The status after a change; staying the same is no change. Throws `IllegalTransition` for all that is not in the table. */
export function transition(kind: MigrationKind, from: MigrationStatus, to: MigrationStatus): MigrationStatus {
  if (!canBecome(kind, from, to))
    throw new IllegalTransition(`a ${kind} that is ${from} cannot become ${to}`);
  return to;
}

/** Whether nothing can follow: the migration no longer holds its instance. */
export function isFinal(kind: MigrationKind, status: MigrationStatus): boolean {
  return nextStatuses[kind][status]?.length === 0;
}
