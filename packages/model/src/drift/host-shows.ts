import { isForSwitchOver, type Sighting } from '../migration/sighting.ts';

/** What one host shows of an instance, in the words of the drift table (docs/states.md). */
export const hostWords = [
  /** It does not answer. */
  'no answer',
  /** It answers and does not know the domain. */
  'nothing',
  'runs',
  /** It runs and libvirt is at something with it: a migration, or a backup. */
  'runs with a job',
  /** Its memory is on its way in or out, or it is just being started. */
  'moving',
  /** It stands still for another reason than a migration: its memory is whole. */
  'paused',
  /** It stands still since a switch-over, and nothing is at work on it any more: what a broken-off move leaves. */
  'stands still',
  /** Suspended by its guest, or in a state that libvirt has no word for. */
  'unclear',
  'off',
  /** A definition that a migration has left at its source. */
  'off as migrated',
  /** A definition that never ran: a start or an arrival that failed. */
  'off as failed',
  /** Its memory is on two hosts, and what is missing on one cannot be fetched any more. */
  'post-copy failed',
] as const;

/** One of the words. */
export type HostShows = (typeof hostWords)[number];

/** The word for a sighting. */
export function hostShows(sighting: Sighting): HostShows {
  if (sighting.kind === 'unreachable') return 'no answer';
  if (sighting.kind === 'absent') return 'nothing';
  const { state, reason, job } = sighting;
  if (reason === 'post-copy failed') return 'post-copy failed';
  switch (state) {
    case 'shutoff':
    case 'crashed':
      if (reason === 'migrated') return 'off as migrated';
      return reason === 'failed' ? 'off as failed' : 'off';
    case 'running':
      if (reason === 'post-copy') return 'moving';
      return job === 'active' ? 'runs with a job' : 'runs';
    case 'paused':
      if (job === 'active' || reason === 'post-copy' || reason === 'starting up') return 'moving';
      return isForSwitchOver(sighting) ? 'stands still' : 'paused';
    case 'other':
      return job === 'active' ? 'moving' : 'unclear';
  }
}

/** Its processors run there, whatever else is done to it. */
export function isRunner(word: HostShows): boolean {
  return word === 'runs' || word === 'runs with a job';
}

/** The host holds memory that can go on: the guest lives there, or could at any moment. */
export function holdsMemory(word: HostShows): boolean {
  return isRunner(word) || word === 'paused' || word === 'unclear';
}

/** The host has the domain, and it neither runs there nor holds memory that may be the guest's own. */
export function isStill(word: HostShows): boolean {
  return word === 'stands still' || word === 'off' || word === 'off as migrated' || word === 'off as failed';
}
