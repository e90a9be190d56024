import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { DetachInput } from './detach-input.ts';
import { followPlace, seePlace, takeDisk } from './steps.ts';

const minute = 60_000;

/** One volume leaves one instance: as soon as the guest has let go of it, it only goes forward. */
export const detachVolumeWorkflow = workflow<DetachInput, Services>('detach-volume')
  .step({
    name: 'see-place',
    why: 'a move may have brought it to a pool of another name, which only the guest tells',
    deadlineMs: minute,
    do: seePlace,
  })
  .pivot({ name: 'take-disk', deadlineMs: 5 * minute, do: takeDisk })
  .step({
    name: 'follow-place',
    why: 'the next instance is given it only where it is',
    deadlineMs: minute,
    do: followPlace,
  })
  .build();
