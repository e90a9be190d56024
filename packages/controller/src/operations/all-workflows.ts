import { attachVolumeWorkflow, concludeAttach } from './volumes/attach-volume.ts';
import { concludeConfirm, concludeRevert } from './cold-migrate/held/conclude-decision.ts';
import { confirmMigrationWorkflow } from './cold-migrate/held/confirm-workflow.ts';
import { revertMigrationWorkflow } from './cold-migrate/held/revert-workflow.ts';
import { coldMigrateWorkflow, heldColdMigrateWorkflow } from './cold-migrate/workflow.ts';
import { concludeMove } from './move/conclude-move.ts';
import { evacuateWorkflow } from './evacuate/evacuate-workflow.ts';
import { concludeCreate, createInstanceWorkflow } from './create-instance/workflow.ts';
import { concludeCreateVolume, createVolumeWorkflow } from './volumes/create-volume.ts';
import { concludeDelete, deleteInstanceWorkflow } from './servers/delete-instance.ts';
import { concludeDeleteVolume, deleteVolumeWorkflow } from './volumes/delete-volume.ts';
import { concludeDetach, detachVolumeWorkflow } from './volumes/detach-volume.ts';
import { concludeExtendVolume, extendVolumeWorkflow } from './volumes/extend-volume.ts';
import { knownWorkflow, type KnownWorkflow } from './engine/known-workflow.ts';
import { liveMigrateWorkflow } from './live-migrate/workflow.ts';
import { concludeRehearsal } from './rehearse/conclude-rehearsal.ts';
import { rehearseWorkflow } from './rehearse/workflow.ts';
import { concludePower, powerWorkflow } from './servers/power.ts';

/** Every workflow that an operation can be of, by the name that stands in its row. */
export const allWorkflows: ReadonlyMap<string, KnownWorkflow> = new Map(
  [
    knownWorkflow(liveMigrateWorkflow, concludeMove),
    knownWorkflow(coldMigrateWorkflow, concludeMove),
    knownWorkflow(heldColdMigrateWorkflow, concludeMove),
    knownWorkflow(evacuateWorkflow, concludeMove),
    knownWorkflow(confirmMigrationWorkflow, concludeConfirm),
    knownWorkflow(revertMigrationWorkflow, concludeRevert),
    knownWorkflow(rehearseWorkflow, concludeRehearsal),
    knownWorkflow(powerWorkflow, concludePower),
    knownWorkflow(createInstanceWorkflow, concludeCreate),
    knownWorkflow(deleteInstanceWorkflow, concludeDelete),
    knownWorkflow(attachVolumeWorkflow, concludeAttach),
    knownWorkflow(detachVolumeWorkflow, concludeDetach),
    knownWorkflow(createVolumeWorkflow, concludeCreateVolume),
    knownWorkflow(extendVolumeWorkflow, concludeExtendVolume),
    knownWorkflow(deleteVolumeWorkflow, concludeDeleteVolume),
  ].map((known) => [known.name, known]),
);
