import type { Migration } from '../migration/migration.ts';
import type { PostCopyPolicy } from '../strategy/post-copy-policy.ts';
import type { TransferPlan } from '../strategy/transfer-plan.ts';

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
