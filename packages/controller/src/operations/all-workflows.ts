import { concludeAttach } from './attach-volume/conclude-attach.ts';
import { attachVolumeWorkflow } from './attach-volume/workflow.ts';
import { concludeConfirm, concludeRevert } from './cold-migrate/held/conclude-decision.ts';
import { confirmMigrationWorkflow } from './cold-migrate/held/confirm-workflow.ts';
import { revertMigrationWorkflow } from './cold-migrate/held/revert-workflow.ts';
import { coldMigrateWorkflow, heldColdMigrateWorkflow } from './cold-migrate/workflow.ts';
import { concludeMove } from './move/conclude-move.ts';
import { evacuateWorkflow } from './evacuate/workflow.ts';
import { concludeCreate } from './create-instance/conclude-create.ts';
import { createInstanceWorkflow } from './create-instance/workflow.ts';
import { concludeCreateVolume } from './create-volume/conclude-create-volume.ts';
import { createVolumeWorkflow } from './create-volume/workflow.ts';
import { concludeDelete } from './delete-instance/conclude-delete.ts';
import { deleteInstanceWorkflow } from './delete-instance/workflow.ts';
import { concludeDeleteVolume } from './delete-volume/conclude-delete-volume.ts';
import { deleteVolumeWorkflow } from './delete-volume/workflow.ts';
import { concludeDetach } from './detach-volume/conclude-detach.ts';
import { detachVolumeWorkflow } from './detach-volume/workflow.ts';
import { concludeExtendVolume } from './extend-volume/conclude-extend-volume.ts';
import { extendVolumeWorkflow } from './extend-volume/workflow.ts';
import { type KnownWorkflow, knownWorkflow } from './engine/known-workflow.ts';
import { liveMigrateWorkflow } from './live-migrate/workflow.ts';
import { concludePower } from './servers/conclude-power.ts';
import { powerWorkflow } from './servers/workflow.ts';

/** Every workflow that an operation can be of, by the name that stands in its row. */
export const allWorkflows: ReadonlyMap<string, KnownWorkflow> = new Map(
  [
    knownWorkflow(liveMigrateWorkflow, concludeMove),
    knownWorkflow(coldMigrateWorkflow, concludeMove),
    knownWorkflow(heldColdMigrateWorkflow, concludeMove),
    knownWorkflow(evacuateWorkflow, concludeMove),
    knownWorkflow(confirmMigrationWorkflow, concludeConfirm),
    knownWorkflow(revertMigrationWorkflow, concludeRevert),
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
