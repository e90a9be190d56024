import { isFinal, type Migration } from '../migration/migration.ts';
import type { PostCopyPolicy } from '../strategy/post-copy-policy.ts';
import type { TransferPlan } from '../strategy/transfer-plan.ts';
import { type ActionVerdict, verdictOf } from './action-verdict.ts';

/** What may be asked for of a migration. */
export type MigrationAction = 'abort' | 'confirm' | 'revert' | 'force';

/** What its operation has done, as its log says: whether the instance is the target's, and whether its power is as before. */
export interface MigrationSteps {
  readonly switchedOver: boolean;
  readonly powerRestored: boolean;
}

/** What may be done to a migration now, and why not. */
export function migrationActions(
  migration: Migration,
  steps: MigrationSteps,
): Readonly<Record<MigrationAction, ActionVerdict>> {
  return {
    abort: verdictOf(abortObstacle(migration, steps)),
    confirm: verdictOf(decisionObstacle(migration, 'confirm')),
    revert: verdictOf(decisionObstacle(migration, 'revert')),
    force: verdictOf(forceObstacle(migration)),
  };
}

/** Why a migration cannot be aborted; null: it can. */
export function abortObstacle(migration: Migration, steps: MigrationSteps): string | null {
  const { id, kind, status, held, instanceName, targetHost, phase } = migration;
  if (isFinal(kind, status) || migration.finishedAt !== null)
    return `The migration is over: it is ${status}.`;
  if (held && ['finished', 'confirming', 'reverting'].includes(status))
    return `${instanceName} has moved to ${targetHost}; the migration is ${status}. Revert it to go back: \`ferry migration revert ${id}\`.`;
  // A cold move that has not started its guest yet goes back where the target cannot.
  const starts = kind === 'cold-migration' && !steps.powerRestored;
  if (starts || !steps.switchedOver) return null;
  return `${instanceName} has moved to ${targetHost} already; only its clean-up is left (${phase}).`;
}

/** Why there is nothing to decide on a migration; null: there is. */
export function decisionObstacle(migration: Migration, decision: 'confirm' | 'revert'): string | null {
  const { id, status, held, instanceName } = migration;
  if (held && status === 'finished') return null;
  if (status === 'post-migrating')
    return `There is nothing to ${decision} yet: ${instanceName} is being started at its target, and its source has all of it. To take it back: \`ferry migration abort ${id}\`.`;
  const why = held
    ? `is ${status}`
    : `was not held: its source was let go of as soon as ${instanceName} was moved`;
  return `There is nothing to ${decision}: the migration ${why}.`;
}

/** Why it cannot be made to come to its end now, whatever it costs the guest (`nova live-migration-force-complete`). */
function forceObstacle({ kind, status }: Migration): string | null {
  if (kind !== 'live-migration') return `It is a ${kind}: only a live migration can be forced to its end.`;
  return status === 'running' ? null : `It is ${status}: only one that is running can be forced to its end.`;
}

/** Why nothing of a migration's transfer can be changed now; null: it can. */
export function changeObstacle({ kind, status }: Pick<Migration, 'kind' | 'status'>): string | null {
  if (kind !== 'live-migration')
    return `It is a ${kind}: only the transfer of a live migration can be changed while it runs.`;
  return status === 'running'
    ? null
    : `It is ${status}: only the transfer of one that is running can be changed.`;
}

/** Why post-copy cannot be begun for a transfer; null: it can. */
export function postCopyObstacle(form: TransferPlan['form'], postCopy: PostCopyPolicy): string | null {
  if (form !== 'peer-to-peer')
    return 'Its disks are copied, or its switch-over is coordinated: the target holds the guest until all of it is there. Pause it instead: `ferry migration pause ID`.';
  return postCopy === 'never'
    ? 'Post-copy was not allowed when it began, and QEMU has to be told at the start. Pause it instead (`ferry migration pause ID`), or abort it and move with --post-copy.'
    : null;
}
