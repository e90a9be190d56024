import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { DeleteVolumeInput } from './delete-volume-input.ts';
import { lookForOthers, removeVolume } from './steps.ts';

const minute = 60_000;

/** The deletion of one volume. */
export const deleteVolumeWorkflow = workflow<DeleteVolumeInput, Services>('delete-volume')
  .step({
    name: 'look',
    why: 'what somebody names stays, and nothing has been touched then',
    deadlineMs: 5 * minute,
    do: lookForOthers,
  })
  .pivot({ name: 'remove', deadlineMs: 10 * minute, do: removeVolume })
  .build();
