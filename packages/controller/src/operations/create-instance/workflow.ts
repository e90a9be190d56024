import { workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { CreateInput } from './create-input.ts';
import { bringLibraryBase, releaseLibraryBase } from './steps/bring-library-base.ts';
import { defineDomain, seeAlive, startDomain, undefineDomain } from './steps/define-and-start.ts';
import { makeConfigDrive, makeDisk, removeConfigDrive, removeDisk } from './steps/make-files.ts';
import { removeFilters, defineFilters } from './steps/define-filters.ts';

const minute = 60_000;
const hour = 60 * minute;

/** The creation of one instance, on a host that was chosen and has room that was claimed. */
export const createInstanceWorkflow = workflow<CreateInput, Services>('create-instance')
  .step({
    name: 'bring-base',
    why: 'first what takes longest and harms nobody',
    deadlineMs: 12 * hour,
    do: bringLibraryBase,
    undo: releaseLibraryBase,
  })
  .step({ name: 'make-disk', deadlineMs: 5 * minute, do: makeDisk, undo: removeDisk })
  .step({
    name: 'make-config-drive',
    deadlineMs: 5 * minute,
    do: makeConfigDrive,
    undo: removeConfigDrive,
  })
  .step({
    name: 'stand-filters',
    why: 'a domain that names a filter which is not there does not start',
    deadlineMs: minute,
    do: defineFilters,
    undo: removeFilters,
  })
  .step({ name: 'define', deadlineMs: minute, do: defineDomain, undo: undefineDomain })
  .pivot({
    name: 'start',
    why: 'a guest that has run may have written something: it is never taken back by itself',
    deadlineMs: 5 * minute,
    do: startDomain,
  })
  .step({ name: 'see-alive', why: 'tells, and changes nothing', deadlineMs: 5 * minute, do: seeAlive })
  .build();
