import type { Instance, TaskState } from './instance.ts';

/** Whether what is being done to an instance is a change of its volumes. */
export function isVolumeTask(taskState: string | null): boolean {
  return taskState === 'attaching_volume' || taskState === 'detaching_volume';
}

/** What is being done to an instance that moves, is confirmed or goes back, or whose move is rehearsed. */
export const movingTasks = [
  'migrating',
  'resize_migrating',
  'resize_confirming',
  'resize_reverting',
  'rebuilding',
  'rehearsing',
] as const satisfies readonly TaskState[];

type Holder = Pick<Instance, 'operationId' | 'taskState' | 'vmState'>;

/** Whether it is a migration that holds an instance: it moves, or has moved and waits to be confirmed or reverted. */
export function heldByMove({ operationId, taskState, vmState }: Holder): boolean {
  if (operationId === null) return false;
  return taskState === null ? vmState === 'resized' : movingTasks.some((task) => task === taskState);
}

/** What holds an instance, for a message: only a migration can be looked at, and aborted. */
export function holderOf(instance: Holder): string {
  const { operationId, taskState } = instance;
  if (heldByMove(instance)) return `migration ${operationId}`;
  if (operationId === null) return taskState ?? 'nothing';
  return taskState === null ? `operation ${operationId}` : `operation ${operationId} (${taskState})`;
}
