import { workflow } from '@ferry/workflow';
import { formerStepNames } from '../context/with-step-names-of-now.ts';
import { commitOwner, type MoveContext, setStatus, throwIfAbortRequested } from '../context/move-context.ts';
import { prepareFirewall, undoFirewall } from '../security-groups/prepare-firewall.ts';
import { beginProbe, endProbe, proveConnectivity } from '../facts/connectivity/prove-connectivity.ts';
import { tellingWhereItIs } from '../move/gone-from-source.ts';
import { inspectTarget } from '../move/inspect-target.ts';
import { readInspectedTarget } from '../facts/inspected-target.ts';
import { type MoveInput, readMoveInput } from '../context/move-input.ts';
import { prepareNetworks, undoNetworks } from '../move/prepare-networks.ts';
import { prepareStorage, undoStorage } from '../move/prepare-storage.ts';
import type { Services } from '../engine/services.ts';
import { disableAutostart, restoreAutostart } from '../move/prevent-start.ts';
import { prepareLiveTargets, removeTargetImages } from '../move/target-images.ts';
import { clearTargetDomain } from '../move/target-domain.ts';
import { cleanSource } from './clean-source.ts';
import { seeStandsStill } from './transfer/stands-still.ts';
import { finalizeTarget } from './finalize-target.ts';
import { notifyGuest, notifyMoved, notifyStayed } from './notify-guest.ts';
import { leaveLink, waitForLink } from './wait-for-link.ts';
import { waitForQuiet } from '../move/wait-for-quiet.ts';
import { transfer } from './transfer/transfer.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** Live migration, from the checks' yes to the clean source. Everything above the pivot can be taken back. */
export const liveMigrateWorkflow = workflow<MoveInput, Services>('live-migrate', readMoveInput)
  .addedStep({
    name: 'wait-for-quiet',
    added: { since: '0031-rehearsals', safeWithout: 'no move waited for its guest to be quiet' },
    why: 'before all else: nothing is prepared on the target for hours',
    deadlineMs: 25 * 60 * minute,
    do: waitForQuiet,
  })
  .step({ name: 'begin', deadlineMs: minute, do: beginLive })
  .step({
    name: 'disable-autostart',
    formerNames: formerStepNames['disable-autostart'],
    why: 'from here on a reboot of the source must not start a second copy',
    deadlineMs: minute,
    do: (context) => tellingWhereItIs(context, () => disableAutostart(context)),
    undo: restoreAutostart,
    // The target may be away for long, and the source is whole: it does not wait to be as it was.
    urgentUndo: true,
  })
  .step({
    name: 'inspect-target',
    formerNames: formerStepNames['inspect-target'],
    readOutput: readInspectedTarget,
    why: 'what is found on the target later came with this migration, and may be taken away by its undo',
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
    name: 'prepare-images',
    why: 'libvirt would allocate targets fully, and an overlay must stand before its content is sent',
    deadlineMs: day,
    do: prepareLiveTargets,
    undo: removeTargetImages,
  })
  .step({
    name: 'reserve-domain',
    why: 'stands before the transfer for its undo, as libvirt can leave a definition behind; and to know whether its owner lets it stand still',
    deadlineMs: minute,
    do: seeStandsStill,
    undo: clearTargetDomain,
  })
  .step({
    name: 'begin-probe',
    why: 'it must have answered here for its answer there to prove anything',
    deadlineMs: minute,
    do: beginProbe,
    undo: endProbe,
  })
  .addedStep({
    name: 'wait-for-link',
    added: { since: '0038-loads', safeWithout: 'moves of a plan were sent as soon as they were prepared' },
    why: 'all is ready by then, so that the link is idle for no longer than it takes to hear that it is free',
    deadlineMs: 20 * day,
    do: waitForLink,
    undo: leaveLink,
    urgentUndo: true,
  })
  .addedStep({
    name: 'notify-guest',
    added: { since: '0031-rehearsals', safeWithout: 'no policy could say that a guest is told' },
    why: 'last before it is sent: what it made ready stays so for as short as can be',
    // The longest wait that a policy can name, and its answer.
    deadlineMs: 65 * minute,
    do: notifyGuest,
    undo: notifyStayed,
  })
  .pivot({
    name: 'transfer',
    why: 'after it the guest runs on the target',
    deadlineMs: 20 * day,
    do: transfer,
  })
  .step({ name: 'commit', why: 'first of all the record must be right', deadlineMs: minute, do: commitOwner })
  .step({
    name: 'finalize-target',
    formerNames: formerStepNames['finalize-target'],
    deadlineMs: 5 * minute,
    do: finalizeTarget,
  })
  .addedStep({
    name: 'notify-moved',
    added: { since: '0031-rehearsals', safeWithout: 'no policy could say that a guest is told' },
    deadlineMs: 5 * minute,
    do: notifyMoved,
  })
  .step({
    name: 'clean-source',
    why: 'last: as long as anything could be wrong, the source keeps its files',
    deadlineMs: 10 * minute,
    do: cleanSource,
  })
  .step({
    name: 'prove-connectivity',
    why: 'tells, and changes nothing: nobody waits for it but the record',
    deadlineMs: 5 * minute,
    do: proveConnectivity,
  })
  .build();

/** The first thing a live migration says: that its turn has come. Run again after a crash, it may have said so already. */
async function beginLive(context: MoveContext): Promise<void> {
  const known = await context.services.store.migrations.byId(context.input.migrationId);
  if (known?.status !== 'preparing') await setStatus(context, 'queued', 'waits for its turn');
  await setStatus(context, 'preparing', 'prepare source and target');
  await throwIfAbortRequested(context);
}
