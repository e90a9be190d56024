/** What is wrong with where an instance is. */
type InstanceFaultKind = 'vanished' | 'unreachable' | 'ambiguous' | 'two-copies' | 'stale-copy' | 'claimed';

/** Something that hosts show of an instance and that a person has to know, or to decide. */
export interface InstanceFault {
  readonly kind: InstanceFaultKind;
  /** What each host shows, by name. */
  readonly message: string;
  readonly remedy: string;
  /** When it was found first, UTC ISO 8601. Not set in faults of earlier versions. */
  readonly since?: string;
  /** Hosts that have a copy of it that is in question. */
  readonly hostIds: readonly string[];
  /** Of several that ran, the one that is known to have run without a gap. */
  readonly withoutGap: string | null;
  /** The host whose copy a person has chosen; the others are ended as soon as their hosts allow it. */
  readonly keep: string | null;
}

/** Whether nothing may be done to the instance before it is settled: a move could take the wrong copy. */
export function forbidsMoves(fault: InstanceFault | null): boolean {
  return fault !== null && (fault.kind === 'two-copies' || fault.kind === 'ambiguous');
}

/** Whether two looks found the same trouble, so that it need not be told again. */
export function isSameFault(one: InstanceFault | null, other: InstanceFault | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.kind !== other.kind || one.hostIds.join() !== other.hostIds.join()) return false;
  // Copies that were paused show something else than when they were found; it is the same trouble.
  return one.kind === 'two-copies' || one.message === other.message;
}

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

/** Whether a guest is there to be had again after it was powered off for a move: it ran, or its owner let it stand still. */
export function stands(power: PowerState): power is 'running' | 'paused' {
  return power === 'running' || power === 'paused';
}

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
export function busyWithMove({ operationId, taskState, vmState }: Holder): boolean {
  if (operationId === null) return false;
  return taskState === null ? vmState === 'resized' : movingTasks.some((task) => task === taskState);
}

/** What holds an instance, for a message: only a migration can be looked at, and aborted. */
export function busyWith(instance: Holder): string {
  const { operationId, taskState } = instance;
  if (busyWithMove(instance)) return `migration ${operationId}`;
  if (operationId === null) return taskState ?? 'nothing';
  return taskState === null ? `operation ${operationId}` : `operation ${operationId} (${taskState})`;
}

/** The files of an instance that Ferry created. */
export interface InstanceFiles {
  readonly disk: string;
  readonly configDrive: string;
  readonly consoleLog: string;
}

/** Where the files of an instance stand in a directory of its host: their names say whose they are, and that they are Ferry's. */
export function instanceFiles(directory: string, instanceId: string): InstanceFiles {
  const start = `${directory}/${prefixOf(instanceId)}`;
  return { disk: `${start}disk`, configDrive: `${start}config`, consoleLog: `${start}console` };
}

/** Whether Ferry made that file for that instance: the only ones that it deletes with it. */
export function isFileOfInstance(instanceId: string, path: string): boolean {
  return (path.split('/').at(-1) ?? '').startsWith(prefixOf(instanceId));
}

/** Where an image of the library stands in a directory of a host, by the SHA-256 of its bytes. */
export function libraryBasePath(directory: string, sha256: string): string {
  return `${directory}/ferry-image-${sha256}`;
}

function prefixOf(instanceId: string): string {
  return `ferry-${instanceId}.`;
}

/** What of a guest is opened from outside: its first serial port, or its screen. Nova's names of protocols. */
export type ConsoleKind = 'serial' | 'vnc';
