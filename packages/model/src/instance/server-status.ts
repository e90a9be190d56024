import type { Instance, PowerState, VmState } from './instance.ts';

/** What an instance is taken to be meant to be, from its power alone. */
export function vmStateOf(power: PowerState): VmState {
  switch (power) {
    case 'running':
      return 'active';
    case 'paused':
    case 'suspended':
      return 'paused';
    case 'shutoff':
      return 'stopped';
    case 'crashed':
    case 'unknown':
      return 'error';
  }
}

/**
 * What an instance is, when its host shows that power. As long as the power stays what it was, and nothing was wrong, it is
 * what it was made: suspended, or set to `error` by a person. A suspended one shows as shut off.
 */
export function vmStateSeen(
  before: Pick<Instance, 'powerState' | 'vmState' | 'fault'>,
  power: PowerState,
): VmState {
  const unchanged = before.powerState === power && before.fault === null;
  if (unchanged) return before.vmState;
  if (before.vmState === 'suspended' && power === 'shutoff') return 'suspended';
  return vmStateOf(power);
}

/** For one state of an instance: its status by what is being done to it, and where nothing of that kind is. */
interface StatusRow {
  readonly otherwise: string;
  readonly tasks?: Readonly<Record<string, string>>;
}

const resizing = {
  resize_prep: 'RESIZE',
  resize_migrating: 'RESIZE',
  resize_migrated: 'RESIZE',
  resize_finish: 'RESIZE',
} as const;
const rebuilding = {
  rebuilding: 'REBUILD',
  rebuild_block_device_mapping: 'REBUILD',
  rebuild_spawning: 'REBUILD',
} as const;

/** Nova's derivation of a server's status (`nova/api/openstack/common.py`), by `vm_state` and then `task_state`. */
const rows: Readonly<Record<string, StatusRow>> = {
  active: {
    otherwise: 'ACTIVE',
    tasks: {
      rebooting: 'REBOOT',
      reboot_pending: 'REBOOT',
      reboot_started: 'REBOOT',
      rebooting_hard: 'HARD_REBOOT',
      reboot_pending_hard: 'HARD_REBOOT',
      reboot_started_hard: 'HARD_REBOOT',
      updating_password: 'PASSWORD',
      migrating: 'MIGRATING',
      ...rebuilding,
      ...resizing,
    },
  },
  building: { otherwise: 'BUILD' },
  stopped: { otherwise: 'SHUTOFF', tasks: { ...rebuilding, ...resizing } },
  resized: { otherwise: 'VERIFY_RESIZE', tasks: { resize_reverting: 'REVERT_RESIZE' } },
  paused: { otherwise: 'PAUSED', tasks: { migrating: 'MIGRATING' } },
  suspended: { otherwise: 'SUSPENDED' },
  rescued: { otherwise: 'RESCUE' },
  error: { otherwise: 'ERROR', tasks: rebuilding },
  deleted: { otherwise: 'DELETED' },
  'soft-delete': { otherwise: 'SOFT_DELETED' },
  shelved: { otherwise: 'SHELVED' },
  shelved_offloaded: { otherwise: 'SHELVED_OFFLOADED' },
};

/** The status of a server, from what it is meant to be and what is being done to it. */
export function serverStatus(vmState: string, taskState: string | null): string {
  const row = rows[vmState];
  if (row === undefined) return 'UNKNOWN';
  return (taskState === null ? undefined : row.tasks?.[taskState]) ?? row.otherwise;
}

/** The instances that have a status, of one `vm_state`. */
export interface StatusStates {
  readonly vmState: string;
  /** Task states that it takes; null: any but those in `not`. */
  readonly tasks: readonly string[] | null;
  readonly not: readonly string[];
}

/** All statuses that a server can have. */
export const serverStatuses: ReadonlySet<string> = new Set(
  Object.values(rows).flatMap(({ otherwise, tasks }) => [otherwise, ...Object.values(tasks ?? {})]),
);

/** Which states make that status, in any case of letters; none for a word that is no status. */
export function statesOfStatus(status: string): readonly StatusStates[] {
  const wanted = status.toUpperCase();
  return Object.entries(rows).flatMap(([vmState, { otherwise, tasks = {} }]): StatusStates[] => {
    if (otherwise === wanted) return [{ vmState, tasks: null, not: Object.keys(tasks) }];
    const fitting = Object.keys(tasks).filter((task) => tasks[task] === wanted);
    return fitting.length === 0 ? [] : [{ vmState, tasks: fitting, not: [] }];
  });
}
