import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { PowerInput } from './power-input.ts';
import { endDomain, reachPower, seePower } from './steps.ts';

const minute = 60_000;

/**
 * One power action. Each step is an ensure, so that one that was interrupted is simply done again; nothing is taken back: what
 * could not be done is told, and the instance is then what its host shows.
 */
export const powerWorkflow = workflow<PowerInput, Services>('power')
  .step({
    name: 'end-domain',
    why: 'a reboot is the end of one run of the guest and the beginning of another',
    deadlineMs: 10 * minute,
    do: endDomain,
  })
  .step({
    name: 'reach-power',
    why: 'stands after the end of the old run: a controller that comes back in between begins here',
    deadlineMs: 60 * minute,
    do: reachPower,
  })
  .pivot({
    name: 'see-power',
    why: 'what the host shows counts, not what its calls said',
    deadlineMs: minute,
    do: seePower,
  })
  .build();
