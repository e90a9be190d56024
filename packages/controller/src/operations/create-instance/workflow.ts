import { randomUUID } from 'node:crypto';
import { formerStepNames } from '../context/with-step-names-of-now.ts';
import { type Failure, type Outputs, type RunResult, workflow } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import type { Conclusion } from '../engine/conclude.ts';
import type { Services } from '../engine/services.ts';
import { remedyOf } from '../engine/step-error.ts';
import type { DeleteInput } from '../servers/begin-delete.ts';
import type { CreateInput } from './create-context.ts';
import { bringLibraryBase, releaseLibraryBase } from './steps/bring-library-base.ts';
import {
  defineDomain,
  defineFilters,
  removeFilters,
  seeAlive,
  startDomain,
  undefineDomain,
} from './steps/define-and-start.ts';
import { makeConfigDrive, makeDisk, removeConfigDrive, removeDisk } from './steps/make-files.ts';

/** Writes down how the creation of an instance came to rest. Doing it twice changes nothing. */
export async function concludeCreate(
  store: Store,
  id: string,
  input: CreateInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  const { instanceId } = input;
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done':
      await store.creations.finish(id, instanceId);
      // Nobody could stop it in time: now that it is there, it can be deleted as any other.
      if (await store.creations.isUnwanted(instanceId)) await beginDelete(store, input);
      await store.operations.close(id, 'done');
      return 'over';
    case 'undone':
      await failed(store, id, instanceId, failureOf(result.failure, ''));
      await store.operations.close(id, 'failed');
      return 'over';
    case 'undo-blocked': {
      // What is left on the host is tried again and again; the instance is told as failed at once.
      const more = ` Clean-up is not done yet: ${result.failure.message}`;
      await failed(store, id, instanceId, failureOf(result.because, more));
      return 'waits';
    }
    case 'blocked':
      return 'waits';
  }
}

async function failed(
  store: Store,
  id: string,
  instanceId: string,
  failure: ReturnType<typeof failureOf>,
): Promise<void> {
  await store.creations.fail(id, instanceId, failure);
  // One that was told as failed before is as it was: what is left of it now is said all the same.
  await store.creations.sayCleanUp(instanceId, failure.message);
}

function failureOf(failure: Failure, more: string): { code: string; message: string; remedy: string } {
  return { code: failure.code, message: failure.message + more, remedy: remedyOf(failure) };
}

/** Writes the operation down; whoever looks for open operations takes it up. */
async function beginDelete(store: Store, { instanceId, instanceName, host }: CreateInput): Promise<void> {
  const instance = await store.instances.byId(instanceId);
  if (instance === null || instance.operationId !== null) return;
  const input: DeleteInput = { instanceId, instanceName, host, formerHosts: [] };
  // Who wanted it, by which request, stands in its actions already.
  await store.deletions.begin(instance, {
    operationId: randomUUID(),
    workflow: 'delete-instance',
    input,
    action: null,
  });
}

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
    name: 'define-filters',
    formerNames: formerStepNames['define-filters'],
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
