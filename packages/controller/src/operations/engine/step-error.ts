import type { Failure } from '@ferry/workflow';

/** Closed list of a step's own failures, with what an operator can do. Errors of hosts keep their own codes. */
export const stepErrors = {
  aborted: 'Nothing needs to be done: the instance is where it was.',
  'path-taken': 'Look at that file on the target; move or remove it if it is not needed, then try again.',
  'copy-differs': "Look at the target's disk and the network for errors, then try again.",
  'disk-full': "Make room where the target's images stand, or choose another target, then try again.",
  'source-full':
    'Make room on the source where that disk stands, or migrate it without --warm, which needs none there.',
  'source-changed':
    'Find out what writes to that file while its instance is off (a backup, another host, a person), then try again.',
  'guest-started':
    'It runs on where it is. Move it live, or ask for a cold migration again, which powers it off.',
  'memory-kept': 'Start or wake it, or drop its saved memory (virsh managedsave-remove), then try again.',
  'disks-changed':
    'Find out who changed them (virsh dumpxml; a backup or a snapshot, most likely), and try again when that is over.',
  'copy-broke-off': 'See the message: mend the connection or the host that it names, then try again.',
  'network-missing':
    'Define and start that network on the target, then try again; or see `ferry check` for other ways.',
  'pool-missing':
    'Define and start that pool on the target, then try again; or see `ferry check` for other ways.',
  'pool-differs':
    'Name for the volume type only hosts that have one and the same pool: `ferry volume type list`.',
  'volume-there': 'Look at that volume on the host: it is not one that Ferry made.',
  'volume-named': 'Take it from whoever has it, then ask for the same again.',
  'secret-missing':
    'Define that secret on the target and set its value, then try again (virsh secret-define).',
  'disk-unreachable':
    'Let the target reach the server (address, port, export, credentials), or choose another host.',
  'target-not-clean': 'Look at the domain on the target before anything is tried again.',
  'instance-taken': 'Nothing needs to be done: it goes on when the other migration is over.',
  'transfer-failed':
    'See the message; the instance runs on at the source. Run the checks again: `ferry check`.',
  'way-not-open':
    'Let the hosts reach each other as the message says: names and addresses, certificates, and the migration ports (migration_port_min to migration_port_max of qemu.conf, 49152 to 49215 unless set otherwise).',
  'guest-not-ready':
    'The instance runs on at its source. Move it when its guest is ready, wait longer (noticeWaitMs), or let it move without an answer (whenUnanswered: `ferry policy effective INSTANCE`).',
  'changed-meanwhile':
    'The instance runs on at its source. A plan tries another host; of any other move run the checks again: `ferry check`.',
  'does-not-converge':
    'The instance runs on at its source. Allow the next move more: bandwidth, a longer pause, post-copy (`ferry policy effective INSTANCE`), or move it when it is quieter.',
  'source-answers': 'Move it live or cold: nothing is lost then.',
  'disk-held': 'Find out who has it open: if its own host still runs it, that host is not off.',
  'source-not-whole':
    'See the message: what the source kept was changed there. It runs on at the target: confirm the migration instead.',
  'another-host': 'See which machine has that address. Nothing was done on it; the instance is where it was.',
  'target-silent': 'See that the target answers, then try again.',
  'image-missing':
    'Give all controllers one image directory (`ferry serve --image-dir`), or upload the image again, then create it anew.',
  'not-wanted': 'Nothing needs to be done: somebody wants it deleted.',
  'not-started': "See the message and the host's libvirtd log; delete the instance and create it anew.",
  'guest-gone':
    'Where another host has it, nothing needs to be done: Ferry finds it there. Else see `ferry instance show`.',
  'guest-not-running': 'Look at the instance on its host; its disks are whole.',
} as const;

/** A step that did not come to its end. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly code: keyof typeof stepErrors;

  constructor(code: keyof typeof stepErrors, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** What a person can do about a failure: by the closed list of steps' errors, or as the failure itself says. */
export function remedyOf(failure: Failure): string {
  const known = stepErrors[failure.code as keyof typeof stepErrors] as string | undefined;
  if (known !== undefined) return known;
  const { detail } = failure;
  if (
    typeof detail === 'object' &&
    detail !== null &&
    'remedy' in detail &&
    typeof detail.remedy === 'string'
  ) {
    return detail.remedy;
  }
  return 'See the message, and run the checks again: `ferry check`.';
}
