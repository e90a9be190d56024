import type { InstanceFault } from './instance-fault.ts';

/** Nova's words for what is being done to the power of an instance. */
export type PowerTaskState =
  | 'powering-on'
  | 'powering-off'
  | 'rebooting'
  | 'rebooting_hard'
  | 'pausing'
  | 'unpausing'
  | 'suspending'
  | 'resuming';

/** Power state as the hypervisor shows it. */
export type PowerState = 'running' | 'paused' | 'shutoff' | 'crashed' | 'suspended' | 'unknown';

/** Nova's words: what the instance is meant to be. */
export type VmState =
  | 'building'
  | 'active'
  | 'paused'
  | 'suspended'
  | 'stopped'
  | 'resized'
  | 'error'
  /** It is no more; told for a while to those who ask for what was deleted. */
  | 'deleted';

/** Nova's words: what is being done to it; null when nothing is. */
export type TaskState =
  | 'migrating'
  | 'resize_migrating'
  | 'resize_confirming'
  | 'resize_reverting'
  | 'spawning'
  | 'deleting'
  | 'rebuilding'
  /** Words of Ferry's own: Nova has none for it. */
  | 'attaching_volume'
  | 'detaching_volume'
  | 'rehearsing'
  | PowerTaskState
  | null;

/** An instance that Ferry looks after: one libvirt domain, on exactly one host. */
export interface Instance {
  /** libvirt's domain uuid. */
  readonly id: string;
  readonly name: string;
  readonly hostId: string;
  readonly powerState: PowerState;
  readonly vmState: VmState;
  readonly taskState: TaskState;
  readonly memoryBytes: number;
  readonly vcpus: number;
  /** Counts changes of ownership; a writer that read an older one is refused. */
  readonly generation: number;
  /** The operation that holds the instance, a migration, a power action or another; null when it is free. */
  readonly operationId: string | null;
  /** What the hosts show of it that does not fit this record; null when all is well. */
  readonly fault: InstanceFault | null;
}
