import { workflow } from '@ferry/workflow';
import { formerStepNames } from '../context/with-step-names-of-now.ts';
import { commitOwner } from '../context/move-context.ts';
import { prepareFirewall, undoFirewall } from '../security-groups/prepare-firewall.ts';
import { beginProbe, endProbe, proveConnectivity } from '../facts/connectivity/prove-connectivity.ts';
import { tellingWhereItIs } from '../move/gone-from-source.ts';
import { inspectTarget } from '../move/inspect-target.ts';
import { readInspectedTarget } from '../facts/inspected-target.ts';
import { type MoveInput, readMoveInput } from '../context/move-input.ts';
import { prepareNetworks, undoNetworks } from '../move/prepare-networks.ts';
import { prepareStorage, undoStorage } from '../move/prepare-storage.ts';
import { waitForQuiet } from '../move/wait-for-quiet.ts';
import type { Services } from '../engine/services.ts';
import { disableAutostart, restoreAutostart } from '../move/prevent-start.ts';
import { removeTargetImages } from '../move/target-images.ts';
import { clearTargetDomain } from '../move/target-domain.ts';
import { cleanTargetAfterReturn } from './go-back.ts';
import { beginCold, powerBackOn, powerOff } from './steps/power-off.ts';
import { cleanColdSource } from './steps/clean-cold-source.ts';
import { copyFiles } from './steps/copy-files.ts';
import { copyWhileRunning } from './steps/copy-while-running.ts';
import { defineOnTarget, growDisk } from './steps/define-on-target.ts';
import { seePower } from './steps/see-power.ts';
import { restorePower } from './steps/restore-power.ts';
import { verifyCopy } from './steps/verify-copy.ts';
import { mergeAtSource, mergeOnTarget } from './warm/overlaid-disks.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What any cold migration does until its instance belongs to the target. */
const untilItBelongs = (name: string) =>
  workflow<MoveInput, Services>(name, readMoveInput)
    .addedStep({
      name: 'wait-for-quiet',
      added: { since: '0038-loads', safeWithout: 'no cold move waited for its guest to be quiet' },
      why: 'before all else: nothing is prepared on the target for hours',
      deadlineMs: 25 * hour,
      do: waitForQuiet,
    })
    .step({ name: 'begin', deadlineMs: minute, do: beginCold })
    .step({
      name: 'inspect-target',
      formerNames: formerStepNames['inspect-target'],
      readOutput: readInspectedTarget,
      why: 'before anything is stopped: what is found there later came with this migration',
      deadlineMs: minute,
      do: inspectTarget,
    })
    .step({
      name: 'prepare-networks',
      why: 'what the guest is plugged into must carry it when it comes',
      deadlineMs: minute,
      do: prepareNetworks,
      undo: undoNetworks,
    })
    .step({
      name: 'prepare-storage',
      formerNames: formerStepNames['prepare-storage'],
      why: 'a disk that takes a pool or a secret cannot be opened there without it',
      deadlineMs: 5 * minute,
      do: prepareStorage,
      undo: undoStorage,
    })
    .step({
      name: 'prepare-firewall',
      why: 'no packet reaches the guest there that would not reach it here, from its first moment on',
      deadlineMs: minute,
      do: prepareFirewall,
      undo: undoFirewall,
    })
    .step({
      name: 'begin-probe',
      why: 'before it is powered off: it must have answered here for its answer there to prove anything',
      deadlineMs: minute,
      do: beginProbe,
      undo: endProbe,
    })
    .step({
      name: 'copy-while-running',
      why: 'bases, and of a warm move the bulk: what is copied now is not copied while it is off. Autostart stays on meanwhile',
      deadlineMs: 10 * day,
      do: (context) => tellingWhereItIs(context, () => copyWhileRunning(context)),
      undo: async (context) => {
        await mergeAtSource(context);
        await removeTargetImages(context);
      },
    })
    .step({
      name: 'disable-autostart',
      formerNames: formerStepNames['disable-autostart'],
      why: 'while it is off, a reboot of the source must not start it',
      deadlineMs: minute,
      do: (context) => tellingWhereItIs(context, () => disableAutostart(context)),
      undo: restoreAutostart,
      urgentUndo: true,
    })
    .addedStep({
      name: 'see-power',
      added: {
        since: '0040-made-paths',
        safeWithout: 'what the guest was when the move was accepted is what it is afterwards, as it was then',
      },
      why: 'its owner may have stopped, paused or resumed it since: what it is now is what it is to be afterwards',
      deadlineMs: minute,
      do: (context) => tellingWhereItIs(context, () => seePower(context)),
    })
    .step({
      name: 'power-off',
      deadlineMs: 2 * hour,
      do: (context) => tellingWhereItIs(context, () => powerOff(context)),
      undo: powerBackOn,
      // The target may be away for long: the guest does not wait for clean-up there.
      urgentUndo: true,
    })
    .step({
      name: 'copy-files',
      why: 'only now do they stand still',
      deadlineMs: 10 * day,
      do: (context) => tellingWhereItIs(context, () => copyFiles(context)),
      undo: async (context) => {
        await mergeAtSource(context);
        await removeTargetImages(context);
      },
    })
    .step({
      name: 'define-on-target',
      // Its undo may have much to merge at the source before it comes to the target.
      deadlineMs: hour,
      do: (context) => tellingWhereItIs(context, () => defineOnTarget(context)),
      undo: async (context) => {
        await mergeAtSource(context);
        await clearTargetDomain(context);
      },
    })
    .pivot({
      name: 'verify-copy',
      why: 'from a whole and verified copy on, the instance is the one on the target',
      deadlineMs: minute,
      do: verifyCopy,
    })
    .step({
      name: 'commit',
      why: 'first of all the record must be right',
      deadlineMs: minute,
      do: commitOwner,
    });

const restored = { name: 'restore-power', deadlineMs: 10 * minute, do: restorePower } as const;

/** Cold migration, the six steps of old in one recorded operation: off, find, copy, own, record, start again. */
export const coldMigrateWorkflow = untilItBelongs('cold-migrate')
  .step(restored)
  .step({
    name: 'merge-on-target',
    why: 'of a warm move, once it runs: its disks get their own names back',
    deadlineMs: day,
    do: (context) =>
      context.output['restore-power'].wentBack === undefined
        ? mergeOnTarget(context)
        : mergeAtSource(context),
  })
  .step({
    name: 'clean-source',
    why: 'last: as long as anything could be wrong, the source keeps its files',
    deadlineMs: 10 * minute,
    do: (context) =>
      context.output['restore-power'].wentBack === undefined
        ? cleanColdSource(context)
        : cleanTargetAfterReturn(context),
  })
  .step({
    name: 'prove-connectivity',
    why: 'tells, and changes nothing: nobody waits for it but the record',
    deadlineMs: 5 * minute,
    do: (context) =>
      context.output['restore-power'].wentBack === undefined
        ? proveConnectivity(context)
        : Promise.resolve(null),
  })
  .build();

/** The same up to the guest's start there: the source keeps all of it until somebody confirms or reverts. */
export const heldColdMigrateWorkflow = untilItBelongs('cold-migrate-held')
  .step({
    name: 'grow-disk',
    why: 'while the guest is off, and only once the instance belongs here: what the source has stays as it was',
    deadlineMs: 10 * minute,
    do: growDisk,
  })
  .step(restored)
  .build();
