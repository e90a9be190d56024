import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { DeleteInput } from './delete-input.ts';
import { releaseVolumes, seeVolumes } from './release-volumes.ts';
import { endGuest, findFiles, releaseFilters, removeFiles, removeUnusedBases, undefine } from './steps.ts';

const minute = 60_000;

/** The deletion of one instance: once its guest has been ended, it only goes forward. */
export const deleteInstanceWorkflow = workflow<DeleteInput, Services>('delete-instance')
  .step({
    name: 'find',
    why: 'what its definition does not tell any more, nobody knows',
    deadlineMs: 5 * minute,
    do: findFiles,
  })
  .addedStep({
    name: 'see-volumes',
    added: {
      since: '0016-volumes',
      safeWithout: 'no instance had volumes of the catalogue when it was begun',
    },
    why: 'a move may have brought them to pools of other names, which only its definition tells',
    deadlineMs: 5 * minute,
    do: seeVolumes,
  })
  .pivot({ name: 'end-guest', deadlineMs: 5 * minute, do: endGuest })
  .step({ name: 'undefine', deadlineMs: minute, do: undefine })
  .step({
    name: 'remove-files',
    why: 'only what nothing names any more',
    deadlineMs: 10 * minute,
    do: removeFiles,
  })
  .addedStep({
    name: 'release-volumes',
    added: {
      since: '0016-volumes',
      safeWithout:
        'what is being deleted is given no volume; one that it was seen to have meanwhile is free with its end',
    },
    why: 'another instance is given them only when this one has let go',
    deadlineMs: 10 * minute,
    do: releaseVolumes,
  })
  .step({ name: 'release-filters', deadlineMs: minute, do: releaseFilters })
  .step({ name: 'remove-unused-bases', deadlineMs: 10 * minute, do: removeUnusedBases })
  .build();
