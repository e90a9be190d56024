import type { MigrationKind, MigrationStatus } from './migration.ts';

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
