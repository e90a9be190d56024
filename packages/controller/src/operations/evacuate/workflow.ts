import { workflow } from '@ferry/workflow';
import { commitOwner } from '../move/commit-owner.ts';
import { prepareFirewall, undoFirewall } from '../security-groups/prepare-firewall.ts';
import { lookAtTarget } from '../move/look-at-target.ts';
import { prepareNetworks, undoNetworks } from '../move/prepare-networks.ts';
import { readMoveInput } from '../move/move-input.ts';
import type { Services } from '../engine/services.ts';
import { clearTargetDomain } from '../move/target-domain.ts';
import { prepareVolumes, undoVolumes } from '../move/prepare-volumes.ts';
import type { EvacuationMove } from './evacuation-move.ts';
import { beginEvacuation, defineFromKept, proveGone, startThere } from './evacuation-steps.ts';

const minute = 60_000;

/** An instance whose host is gone is started elsewhere, from its definition as it was last read and disks that are there. */
export const evacuateWorkflow = workflow<EvacuationMove, Services>('evacuate', readMoveInput)
  .step({ name: 'begin', deadlineMs: minute, do: beginEvacuation })
  .step({
    name: 'look-at-target',
    why: 'what is found there later came with this evacuation',
    deadlineMs: minute,
    do: lookAtTarget,
  })
  .step({ name: 'prepare-networks', deadlineMs: minute, do: prepareNetworks, undo: undoNetworks })
  .step({ name: 'prepare-volumes', deadlineMs: 5 * minute, do: prepareVolumes, undo: undoVolumes })
  .step({ name: 'prepare-firewall', deadlineMs: minute, do: prepareFirewall, undo: undoFirewall })
  .step({ name: 'define-on-target', deadlineMs: minute, do: defineFromKept, undo: clearTargetDomain })
  .pivot({
    name: 'prove-gone',
    why: 'the last look before a second copy could run: the source is off, and nobody holds the disks',
    deadlineMs: minute,
    do: proveGone,
  })
  .step({ name: 'commit', why: 'first of all the record must be right', deadlineMs: minute, do: commitOwner })
  .step({ name: 'start', deadlineMs: 10 * minute, do: startThere })
  .build();
