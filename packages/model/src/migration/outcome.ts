import type { PresentSighting, Sighting } from './sighting.ts';

/** Where an instance is after a live migration, judged from what both hosts show and from nothing else. */
export type Outcome =
  /** The target owns it. What is left on the source may be taken away: it does not run. */
  | { readonly kind: 'moved'; readonly guest: 'runs' | 'paused' | 'off'; readonly because: string }
  /** The source owns it. `needs-resume`: it stands paused for ever unless it is told to run on. */
  | {
      readonly kind: 'stayed';
      readonly guest: 'runs' | 'paused' | 'needs-resume' | 'off';
      readonly because: string;
    }
  /** The hypervisors are still at it: look again later. */
  | { readonly kind: 'running'; readonly because: string }
  /** It cannot be told. Nothing may be resumed, ended or undone until a side shows more or a person decides. */
  | { readonly kind: 'unknown'; readonly because: string; readonly remedy: string };

/**
 * The decision rule, measured on libvirt 11.3 with real kills of every part in every phase.
 * Its heart: a source that was paused for the switch-over may only run on when the target *answers* that it has
 * nothing; and once post-copy began, the source's memory is stale and may never run again.
 */
export function outcome(source: Sighting, target: Sighting): Outcome {
  if (runs(source) && runs(target)) {
    const remedy = 'Pause both at once, keep the target (it ran on without a gap) and end the source.';
    return unknown('it runs on both hosts', remedy);
  }
  if (isPostCopy(source) || isPostCopy(target)) return postCopy(source, target);
  if (source.kind === 'unreachable') {
    return unknown(
      `the source does not answer (${source.reason}); on the target: ${describe(target)}`,
      waitFor('source'),
    );
  }
  if (source.kind === 'absent') return sourceIsGone(target);
  switch (source.state) {
    case 'running':
      return sourceRuns(source, target);
    case 'paused':
      return sourceIsPaused(source, target);
    case 'shutoff':
    case 'crashed':
      return sourceIsOff(source, target);
    case 'other':
    default:
      return unclear(source, target);
  }
}

function sourceRuns(source: PresentSighting, target: Sighting): Outcome {
  if (source.job === 'active') return { kind: 'running', because: 'the source still runs a migration job' };
  // The source was paused for the switch-over and let go again: by then the target may have begun to run, and on
  // local disks no lock keeps the two apart.
  if (target.kind === 'unreachable' && source.reason === 'migration canceled') {
    return unknown(
      'the source runs again, and the target does not answer: it may run too',
      waitFor('target'),
    );
  }
  return { kind: 'stayed', guest: 'runs', because: `the source runs it, the target: ${describe(target)}` };
}

function sourceIsPaused(source: PresentSighting, target: Sighting): Outcome {
  if (runs(target))
    return { kind: 'moved', guest: 'runs', because: 'the source stands still and the target runs it' };
  if (source.job === 'active') return { kind: 'running', because: 'the source still runs a migration job' };
  if (!targetNeverRan(target)) return unclear(source, target);
  // libvirt says `migrating`, or `unknown` after a lost reply, for what QEMU calls postmigrate.
  const forSwitchOver = source.reason === 'migrating' || source.reason === 'unknown';
  return {
    kind: 'stayed',
    guest: forSwitchOver ? 'needs-resume' : 'paused',
    because: `the source holds it paused (${source.reason}), the target: ${describe(target)}`,
  };
}

function sourceIsOff(source: PresentSighting, target: Sighting): Outcome {
  if (runs(target))
    return { kind: 'moved', guest: 'runs', because: `the target runs it, the source: ${describe(source)}` };
  if (source.reason === 'migrated') return sourceIsGone(target);
  if (!targetNeverRan(target)) return unclear(source, target);
  return {
    kind: 'stayed',
    guest: 'off',
    because: `the source has it (${describe(source)}), the target has not`,
  };
}

function sourceIsGone(target: Sighting): Outcome {
  if (target.kind !== 'present') return unclear({ kind: 'absent' }, target);
  if (target.state === 'running')
    return { kind: 'moved', guest: 'runs', because: 'only the target has it, and runs it' };
  if (target.state === 'paused' && target.reason !== 'migrating' && target.job === 'none') {
    return { kind: 'moved', guest: 'paused', because: `only the target has it, ${describe(target)}` };
  }
  const ended = isOff(target) && target.reason !== 'failed';
  if (ended && target.persistent) {
    return { kind: 'moved', guest: 'off', because: `only the target has it, ${describe(target)}` };
  }
  return unclear({ kind: 'absent' }, target);
}

function postCopy(source: Sighting, target: Sighting): Outcome {
  const sourceDone = source.kind === 'absent' || (isOff(source) && source.reason === 'migrated');
  const failed = hasFailed(source) || hasFailed(target);
  if (runs(target) && sourceDone && !hasFailed(target)) {
    return {
      kind: 'moved',
      guest: 'runs',
      because: 'post-copy ended: the source is done and the target runs it',
    };
  }
  if (target.kind === 'unreachable')
    return unknown('post-copy has begun and the target does not answer', waitFor('target'));
  if (source.kind === 'unreachable')
    return unknown('post-copy has begun and the source does not answer', waitFor('source'));
  const sourceHoldsPages = source.kind === 'present' && source.state === 'paused';
  if (!failed && runs(target) && sourceHoldsPages) {
    return { kind: 'running', because: 'the target runs it and still fetches memory from the source' };
  }
  if (runs(target) && sourceHoldsPages) {
    const remedy =
      'Recover the post-copy migration, or end both and start it from its disk. Never resume the source.';
    return unknown('post-copy broke off: the guest is frozen, its memory is on both hosts', remedy);
  }
  const remedy =
    'End what is left on both hosts and start it from its disk. Never resume the source: its memory is stale.';
  return unknown(
    `post-copy has lost the guest: source ${describe(source)}, target ${describe(target)}`,
    remedy,
  );
}

function isPostCopy(sighting: Sighting): boolean {
  return sighting.kind === 'present' && (sighting.reason === 'post-copy' || hasFailed(sighting));
}

function hasFailed(sighting: Sighting): boolean {
  return sighting.kind === 'present' && sighting.reason === 'post-copy failed';
}

function runs(sighting: Sighting): boolean {
  return sighting.kind === 'present' && sighting.state === 'running';
}

function isOff(sighting: Sighting): sighting is PresentSighting {
  return sighting.kind === 'present' && (sighting.state === 'shutoff' || sighting.state === 'crashed');
}

/** The target answers, and shows nothing or only the definition that a failed arrival left. */
function targetNeverRan(target: Sighting): boolean {
  return (
    target.kind === 'absent' ||
    (target.kind === 'present' && target.state === 'shutoff' && target.reason === 'failed')
  );
}

function unclear(source: Sighting, target: Sighting): Outcome {
  const waiting =
    target.kind === 'unreachable' ? waitFor('target') : 'Look at both hosts and decide which copy to keep.';
  return unknown(`source: ${describe(source)}; target: ${describe(target)}`, waiting);
}

function unknown(because: string, remedy: string): Outcome {
  return { kind: 'unknown', because, remedy };
}

function waitFor(side: 'source' | 'target'): string {
  return `Bring the ${side}'s libvirtd back, or make sure that the host is off, and resume the operation.`;
}

function describe(sighting: Sighting): string {
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
