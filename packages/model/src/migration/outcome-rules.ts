import type { Expected, Outcome } from './transfer-outcome.ts';
import {
  describeSighting,
  hasArrived,
  hasFailed,
  isBooted,
  isForSwitchOver,
  isOff,
  isPaused,
  postCopyBegan,
  runs,
  type Sighting,
  sourceIsDone,
  targetNeverRan,
} from './sighting.ts';

/** One row of the decision rule. The first row that fits holds. */
export interface OutcomeRule {
  /** Its name in docs/recovery.md, where the same rows stand in the same order. */
  readonly name: string;
  readonly fits: (source: Sighting, target: Sighting, expected: Expected) => boolean;
  readonly judge: (source: Sighting, target: Sighting) => Outcome;
}

/**
 * Measured on libvirt 11.3 with real kills of every part in every phase.
 * Their heart: a source that was paused for the switch-over may only run on when the target *answers* that it has
 * nothing that could run; and once post-copy began, the source's memory is stale and may never run again.
 */
export const outcomeRules: readonly OutcomeRule[] = [
  {
    name: 'two runners',
    fits: (source, target) => runs(source) && runs(target),
    judge: () =>
      unknown(
        'it runs on both hosts',
        'Pause both at once, keep the target (it ran on without a gap) and end the source.',
      ),
  },
  {
    name: 'post-copy done',
    fits: (source, target) =>
      postCopyBegan(source, target) && runs(target) && !hasFailed(target) && sourceIsDone(source),
    judge: moved('runs', 'post-copy ended: the source is done and the target runs it'),
  },
  {
    name: 'post-copy, target silent',
    fits: (source, target) => postCopyBegan(source, target) && target.kind === 'unreachable',
    judge: () => unknown('post-copy has begun and the target does not answer', waitFor('target')),
  },
  {
    name: 'post-copy, source silent',
    fits: (source, target) => postCopyBegan(source, target) && source.kind === 'unreachable',
    judge: () => unknown('post-copy has begun and the source does not answer', waitFor('source')),
  },
  {
    name: 'post-copy under way',
    fits: (source, target) =>
      postCopyBegan(source, target) &&
      runs(target) &&
      isPaused(source) &&
      !hasFailed(source) &&
      !hasFailed(target),
    judge: running('the target runs it and still fetches memory from the source'),
  },
  {
    name: 'post-copy, started anew',
    // A guest that came is never `booted`: after its memory was lost it was started from its disks.
    fits: (source, target) =>
      postCopyBegan(source, target) && runs(target) && isBooted(target) && !runs(source),
    judge: () => ({
      kind: 'moved',
      guest: 'runs',
      startedAnew: true,
      because: 'post-copy lost its memory, and the target has started it from its disks',
    }),
  },
  {
    name: 'post-copy broken',
    fits: (source, target) =>
      postCopyBegan(source, target) &&
      runs(target) &&
      isPaused(source) &&
      hasFailed(source) &&
      hasFailed(target),
    judge: () => ({
      kind: 'lost',
      resumable: true,
      because: 'post-copy broke off: the guest is frozen, its memory is on both hosts',
      remedy:
        'Recover the post-copy migration, or end both and start it from its disk. Never resume the source.',
    }),
  },
  {
    name: 'post-copy lost',
    fits: (source, target) =>
      (hasFailed(target) && (source.kind === 'absent' || isOff(source))) ||
      (hasFailed(source) && (target.kind === 'absent' || isOff(target))),
    judge: (source, target) => ({
      kind: 'lost',
      resumable: false,
      because: `post-copy has lost the guest's memory: source ${describeSighting(source)}, target ${describeSighting(target)}`,
      remedy:
        'End what is left on both hosts and start it from its disk. Never resume the source: its memory is stale.',
    }),
  },
  {
    name: 'post-copy unclear',
    fits: postCopyBegan,
    judge: (source, target) =>
      unknown(
        `post-copy has begun; source: ${describeSighting(source)}, target: ${describeSighting(target)}`,
        'Look at both hosts. Never resume the source: its memory is stale.',
      ),
  },
  {
    name: 'source silent, target was told to run',
    // Only Ferry starts a guest that arrives paused, and after that it never lets the source run on.
    fits: (source, target, { arrivesPaused }) =>
      source.kind === 'unreachable' && runs(target) && arrivesPaused,
    judge: moved('runs', 'the target was told to run it and does; the source does not answer'),
  },
  {
    name: 'source silent',
    fits: (source) => source.kind === 'unreachable',
    judge: (source, target) =>
      unknown(`source: ${describeSighting(source)}; target: ${describeSighting(target)}`, waitFor('source')),
  },
  {
    name: 'source done, target runs',
    fits: (source, target) => sourceIsDone(source) && runs(target),
    judge: moved('runs', 'the source has ended it and the target runs it'),
  },
  {
    name: 'source done, target paused',
    fits: (source, target, { arrivesPaused, persistent }) =>
      // A transient guest may also be gone because it ran on and died: the paused arrival would then be old.
      sourceIsDone(source) && hasArrived(target) && (persistent || !arrivesPaused),
    judge: (_source, target) => ({
      kind: 'moved',
      guest: 'paused',
      because: `only the target has it, ${describeSighting(target)}`,
    }),
  },
  {
    name: 'source done, target off',
    fits: (source, target) =>
      sourceIsDone(source) && isOff(target) && target.reason !== 'failed' && target.persistent,
    judge: (_source, target) => ({
      kind: 'moved',
      guest: 'off',
      because: `only the target has it, ${describeSighting(target)}`,
    }),
  },
  {
    name: 'source done, nothing runs',
    fits: sourceIsDone,
    judge: unclear,
  },
  {
    name: 'source sends',
    fits: (source) => runs(source) && source.job === 'active',
    judge: running('the source still runs a migration job'),
  },
  {
    name: 'source let go, target silent',
    // The source was paused for the switch-over and let go again: by then a target that starts the guest by itself may
    // have begun to run it, and on local disks no lock keeps the two apart.
    fits: (source, target, { arrivesPaused }) =>
      runs(source) &&
      source.reason === 'migration canceled' &&
      target.kind === 'unreachable' &&
      !arrivesPaused,
    judge: () =>
      unknown('the source runs again, and the target does not answer: it may run too', waitFor('target')),
  },
  {
    name: 'source runs',
    fits: runs,
    judge: stayed('runs'),
  },
  {
    name: 'target runs',
    fits: (source, target) => (isPaused(source) || isOff(source)) && runs(target),
    judge: moved('runs', 'the source stands still and the target runs it'),
  },
  {
    name: 'source paused, job',
    fits: (source) => isPaused(source) && source.job === 'active',
    judge: running('the source still runs a migration job'),
  },
  {
    name: 'both paused, as before',
    // Neither is to run: the one that has come is whole, and that is all that a move of it is.
    fits: (source, target, { stoodStill }) => stoodStill === true && isPaused(source) && hasArrived(target),
    judge: (_source, target) => ({
      kind: 'moved',
      guest: 'paused',
      because: `it stood still before, and the target has all of it: ${describeSighting(target)}`,
    }),
  },
  {
    name: 'both paused, arrived',
    fits: (source, target, { arrivesPaused }) =>
      arrivesPaused && isForSwitchOver(source) && hasArrived(target),
    judge: () => ({
      kind: 'arrived',
      because: 'the target has all of it and waits to be told to run; the source stands still',
    }),
  },
  {
    name: 'source paused, target clean',
    fits: (source, target) => isForSwitchOver(source) && targetNeverRan(target),
    judge: stayed('needs-resume'),
  },
  {
    name: 'source paused by others, target clean',
    fits: (source, target) => isPaused(source) && targetNeverRan(target),
    judge: stayed('paused'),
  },
  {
    name: 'source off, target clean',
    fits: (source, target) => isOff(source) && targetNeverRan(target),
    judge: stayed('off'),
  },
  {
    name: 'unclear',
    fits: () => true,
    judge: unclear,
  },
];

function moved(guest: 'runs', because: string): OutcomeRule['judge'] {
  // One that came is never `booted`: then it was started from its disks, after post-copy had lost its memory.
  return (_source, target) => ({
    kind: 'moved',
    guest,
    because,
    ...(isBooted(target) && { startedAnew: true }),
  });
}

function running(because: string): OutcomeRule['judge'] {
  return () => ({ kind: 'running', because });
}

function stayed(guest: (Outcome & { readonly kind: 'stayed' })['guest']): OutcomeRule['judge'] {
  return (source, target) => ({
    kind: 'stayed',
    guest,
    because: `the source has it (${describeSighting(source)}), the target: ${describeSighting(target)}`,
  });
}

function unclear(source: Sighting, target: Sighting): Outcome {
  const waiting =
    target.kind === 'unreachable' ? waitFor('target') : 'Look at both hosts and decide which copy to keep.';
  return unknown(`source: ${describeSighting(source)}; target: ${describeSighting(target)}`, waiting);
}

function unknown(because: string, remedy: string): Outcome {
  return { kind: 'unknown', because, remedy };
}

function waitFor(side: 'source' | 'target'): string {
  return `Bring the ${side}'s libvirtd back, or make sure that the host is off, and resume the operation.`;
}
