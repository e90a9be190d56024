import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { AttachInput } from './attach-input.ts';
import { giveDisk, seePool, startPool, stopPool } from './steps.ts';

const minute = 60_000;

/** One volume comes to one instance. */
export const attachVolumeWorkflow = workflow<AttachInput, Services>('attach-volume')
  .step({
    name: 'see-pool',
    why: 'a pool that ran before is not stopped again',
    deadlineMs: minute,
    do: seePool,
  })
  .step({
    name: 'start-pool',
    why: 'a pool that does not run, or has not looked for long, knows nothing of the volume',
    deadlineMs: 2 * minute,
    do: startPool,
    undo: stopPool,
  })
  .pivot({ name: 'give-disk', deadlineMs: 5 * minute, do: giveDisk })
  .build();
