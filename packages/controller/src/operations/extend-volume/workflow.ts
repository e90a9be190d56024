import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { ExtendVolumeInput } from './extend-volume-input.ts';
import { growVolume, lookAtVolume } from './steps.ts';

const minute = 60_000;

/** One volume becomes larger. It is never made smaller again: what has been written there since would be lost. */
export const extendVolumeWorkflow = workflow<ExtendVolumeInput, Services>('extend-volume')
  .step({ name: 'look', deadlineMs: 5 * minute, do: lookAtVolume })
  .pivot({ name: 'grow', deadlineMs: 10 * minute, do: growVolume })
  .build();
