import type { InstanceFault } from '../instance/instance.ts';
import type { Sighting } from '../migration/sighting.ts';
import { holdsMemory, hostShows } from './host-shows.ts';

/** Whether the decision to keep one copy can be carried out on what the hosts show now. */
export type KeepJudgement =
  /** These hosts' copies stand paused and are to be ended. */
  | { readonly kind: 'can'; readonly endOn: readonly string[] }
  /** `wait`: a host has to answer first. Otherwise the hosts show what the decision does not fit. */
  | {
      readonly kind: 'cannot';
      readonly wait: boolean;
      readonly hostId: string;
      readonly because: KeepObstacle;
    };

/** Why not. */
export type KeepObstacle = 'no-answer' | 'no-copy' | 'job' | 'runs' | 'unclear';

/**
 * A copy is only ended that stands paused; one that runs is not, whoever lets it run. Hosts that had no copy in question
 * may be silent, those that had one may not.
 */
export function judgeKeep(
  keep: string,
  fault: Pick<InstanceFault, 'hostIds'>,
  shown: ReadonlyMap<string, Sighting>,
): KeepJudgement {
  const obstacle = ofKept(shown.get(keep));
  if (obstacle !== null) return cannot(keep, obstacle);
  const endOn: string[] = [];
  for (const [hostId, sighting] of shown) {
    if (hostId === keep) continue;
    switch (hostShows(sighting)) {
      case 'no answer':
        if (fault.hostIds.includes(hostId)) return cannot(hostId, 'no-answer');
        break;
      case 'runs':
      case 'runs with a job':
        return cannot(hostId, 'runs');
      case 'moving':
        return cannot(hostId, 'job');
      case 'unclear':
      case 'post-copy failed':
        return cannot(hostId, 'unclear');
      case 'paused':
      case 'stands still':
        endOn.push(hostId);
        break;
      case 'nothing':
      case 'off':
      case 'off as migrated':
      case 'off as failed':
        break;
    }
  }
  return { kind: 'can', endOn };
}

function ofKept(sighting: Sighting | undefined): KeepObstacle | null {
  const word = sighting === undefined ? 'no answer' : hostShows(sighting);
  if (word === 'no answer') return 'no-answer';
  if (word === 'moving' || word === 'runs with a job') return 'job';
  if (word === 'unclear' || word === 'post-copy failed') return 'unclear';
  return holdsMemory(word) || word === 'stands still' ? null : 'no-copy';
}

function cannot(hostId: string, because: KeepObstacle): KeepJudgement {
  return { kind: 'cannot', wait: because === 'no-answer' || because === 'job', hostId, because };
}
