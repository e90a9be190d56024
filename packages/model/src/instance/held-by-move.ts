import type { Instance, TaskState } from './instance.ts';
import { isPowerTask } from './power-action.ts';

/** Whether what is being done to an instance is a change of its volumes. */
export function isVolumeTask(taskState: string | null): boolean {
  return taskState === 'attaching_volume' || taskState === 'detaching_volume';
}

/** What is being done to an instance that moves, is confirmed or goes back. */
export const movingTasks = [
  'migrating',
  'resize_migrating',
  'resize_confirming',
  'resize_reverting',
  'rebuilding',
] as const satisfies readonly TaskState[];

/** Whether it is a migration that holds an instance: all other operations are none that could be looked at or aborted. */
export function heldByMove({ migrationId, taskState }: Pick<Instance, 'migrationId' | 'taskState'>): boolean {
  return migrationId !== null && !isPowerTask(taskState) && !isVolumeTask(taskState);
}
