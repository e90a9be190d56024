import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { CreateVolumeInput } from './create-volume-input.ts';
import { lookAtPool, makeVolume, seeElsewhere, unmakeVolume } from './steps.ts';

const minute = 60_000;

/** The making of one volume, in the pool of a host that was chosen. */
export const createVolumeWorkflow = workflow<CreateVolumeInput, Services>('create-volume')
  .step({
    name: 'look',
    why: 'what is there before is somebody else’s, and is neither used nor taken back',
    deadlineMs: 2 * minute,
    do: lookAtPool,
  })
  .step({ name: 'make', deadlineMs: 5 * minute, do: makeVolume, undo: unmakeVolume })
  .pivot({
    name: 'see-elsewhere',
    why: 'hosts that are said to share a pool and do not would each have a volume of their own',
    deadlineMs: 5 * minute,
    do: seeElsewhere,
  })
  .build();
