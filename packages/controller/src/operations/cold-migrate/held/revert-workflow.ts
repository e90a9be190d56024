import { workflow } from '@ferry/workflow';
import { readMoveInput } from '../../move/move-input.ts';
import type { Services } from '../../engine/services.ts';
import type { DecisionInput } from './decision-input.ts';
import {
  cleanTarget,
  commitBack,
  goBack,
  holdTargetAutostart,
  lookBeforeRevert,
  powerOffAtTarget,
  powerOnAtTarget,
  releaseTargetAutostart,
  restoreAtSource,
} from './revert-steps.ts';

const minute = 60_000;
const hour = 60 * minute;

/** It goes back to its source, as it was before it moved. */
export const revertMigrationWorkflow = workflow<DecisionInput, Services>('revert-migration', readMoveInput)
  .step({
    name: 'look',
    why: 'before it is stopped: there must be something to go back to',
    deadlineMs: minute,
    do: lookBeforeRevert,
  })
  .step({
    name: 'hold-target',
    deadlineMs: minute,
    do: holdTargetAutostart,
    undo: releaseTargetAutostart,
  })
  .step({
    name: 'power-off-target',
    deadlineMs: 2 * hour,
    do: powerOffAtTarget,
    undo: powerOnAtTarget,
  })
  .pivot({
    name: 'go-back',
    why: 'off on both hosts and whole at the source: from here on the one there is the instance',
    deadlineMs: minute,
    do: goBack,
  })
  .step({ name: 'commit-back', deadlineMs: minute, do: commitBack })
  .step({ name: 'restore-at-source', deadlineMs: 10 * minute, do: restoreAtSource })
  .step({
    name: 'clean-target',
    why: 'last: what was written there is needed no more only when the guest runs at its source',
    deadlineMs: hour,
    do: cleanTarget,
  })
  .build();
