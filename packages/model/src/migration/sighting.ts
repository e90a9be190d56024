/** What one host shows of a domain at one moment: the only proof of where an instance runs. */
export type Sighting =
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'absent' }
  | PresentSighting;

/** The host knows the domain. */
export interface PresentSighting {
  readonly kind: 'present';
  readonly state: 'running' | 'paused' | 'shutoff' | 'crashed' | 'other';
  /** libvirt's reason in its own words (`virsh domstate --reason`): `booted`, `migrated`, `migrating`, `post-copy`. */
  readonly reason: string;
  readonly persistent: boolean;
  /** Whether libvirt runs a migration job on it now. */
  readonly job: 'none' | 'active';
}

/** Its processors run there. */
export function runs(sighting: Sighting): sighting is PresentSighting {
  return sighting.kind === 'present' && sighting.state === 'running';
}

/** It was started there from its disks: one that came by a migration never says so. */
export function isBooted(sighting: Sighting): boolean {
  return sighting.kind === 'present' && sighting.reason === 'booted';
}

/** It stands still, for whatever reason. */
export function isPaused(sighting: Sighting): sighting is PresentSighting {
  return sighting.kind === 'present' && sighting.state === 'paused';
}

/** It has a definition and no process. */
export function isOff(sighting: Sighting): sighting is PresentSighting {
  return sighting.kind === 'present' && (sighting.state === 'shutoff' || sighting.state === 'crashed');
}

/** libvirt says `migrating`, or `unknown` after a lost reply, for what QEMU calls postmigrate. */
export function isForSwitchOver(source: Sighting): boolean {
  return isPaused(source) && (source.reason === 'migrating' || source.reason === 'unknown');
}

/** The source has no guest any more that could run on. */
export function sourceIsDone(source: Sighting): boolean {
  return source.kind === 'absent' || (isOff(source) && source.reason === 'migrated');
}

/** The target holds all of the guest, paused: not one that is still on its way in. */
export function hasArrived(target: Sighting): boolean {
  return isPaused(target) && target.reason !== 'migrating' && target.job === 'none';
}

/** The target answers, and shows nothing or only the definition that a failed arrival left. */
export function targetNeverRan(target: Sighting): boolean {
  return (
    target.kind === 'absent' ||
    (target.kind === 'present' && target.state === 'shutoff' && target.reason === 'failed')
  );
}

/** Either side shows that post-copy was begun: from then on the source's memory is stale. */
export function postCopyBegan(source: Sighting, target: Sighting): boolean {
  return isPostCopy(source) || isPostCopy(target);
}

function isPostCopy(sighting: Sighting): boolean {
  return sighting.kind === 'present' && (sighting.reason === 'post-copy' || hasFailed(sighting));
}

/** Post-copy broke off. */
export function hasFailed(sighting: Sighting): boolean {
  return sighting.kind === 'present' && sighting.reason === 'post-copy failed';
}

/** In words, for people. */
export function describeSighting(sighting: Sighting): string {
  switch (sighting.kind) {
    case 'absent':
      return 'nothing there';
    case 'unreachable':
      return `no answer (${sighting.reason})`;
    case 'present':
    default:
      return `${sighting.state} (${sighting.reason})`;
  }
}
