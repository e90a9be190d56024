import { NothingMoved, type Outputs, type RunResult, type StepContext, workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { Caller, PoolPlace } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { StepError } from '../engine/step-error.ts';
import { removeContent, requireVolumeUnused, whyNotDeleted } from './remove-content.ts';
import type { Store } from '../../store/store.ts';
import { conclude, type Conclusion } from '../engine/conclude.ts';
import { volumeFault } from './set-volume.ts';
import { randomUUID } from 'node:crypto';
import { volumeOfCaller } from './find-volume.ts';

const minute = 60_000;

/** The deletion of one volume. */
export const deleteVolumeWorkflow = workflow<DeleteVolumeInput, Services>('delete-volume')
  .step({
    name: 'look',
    why: 'what somebody names stays, and nothing has been touched then',
    deadlineMs: 5 * minute,
    do: lookForOthers,
  })
  .pivot({ name: 'remove', deadlineMs: 10 * minute, do: removeVolume })
  .build();

/** What the deletion of a volume works from. It stands in the log, so it is plain data. */
export interface DeleteVolumeInput {
  readonly volumeId: string;
  readonly volumeName: string;
  /** What is to go from its pool, because Ferry made it; null: it is only forgotten. */
  readonly content: { readonly place: PoolPlace; readonly hostIds: readonly string[] } | null;
}

type Context = StepContext<DeleteVolumeInput, Services, object>;

/** Nobody has it or names it, on any of its hosts. */
async function lookForOthers({ services, input, signal }: Context): Promise<void> {
  const { volumeId: id, volumeName: name, content } = input;
  if (content === null) return;
  try {
    await requireVolumeUnused(services, { id, name, hostIds: content.hostIds }, content.place, { signal });
  } catch (error) {
    if (error instanceof Refusal) throw new StepError('volume-named', error.message, error);
    throw error;
  }
}

/** It is asked once more, right before it goes. Of what is gone already nobody is a user. */
async function removeVolume({ services, input, signal }: Context): Promise<void> {
  const { volumeId: id, volumeName: name, content } = input;
  if (content === null) return;
  const { place, hostIds } = content;
  try {
    await removeContent(services, { id, name, hostIds }, place, { signal });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (await isAnywhere({ services, signal }, content))
      throw new NothingMoved('volume-named', error.message, { cause: error });
  }
}

async function isAnywhere(
  { services, signal }: Pick<Context, 'services' | 'signal'>,
  { place, hostIds }: NonNullable<DeleteVolumeInput['content']>,
): Promise<boolean> {
  for (const host of await services.store.hosts.list()) {
    if (!hostIds.includes(host.id)) continue;
    const { pools } = services.hypervisor.host(host.uri);
    if ((await pools.volumePath(place.pool, place.name, { signal })) !== null) return true;
  }
  return false;
}

/** Writes down whether the volume is gone. Doing it twice changes nothing. */
export function concludeDeleteVolume(
  store: Store,
  id: string,
  { volumeName }: DeleteVolumeInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  return conclude(store, id, result, {
    done: () => store.volumeWork.endDeleted(id),
    undone: (failure) =>
      store.volumeWork.end(id, {
        state: 'error_deleting',
        fault: volumeFault(volumeName, 'deleted', failure),
      }),
  });
}

/**
 * Accepts the deletion of a volume, or refuses it where an instance or an operation has it; gives the operation that is to be
 * started. What Ferry made goes; all else is only forgotten.
 */
export async function submitDeleteVolume(services: Services, caller: Caller, id: string): Promise<string> {
  const { volume } = await volumeOfCaller(services, caller, id);
  const { place, made, hostIds } = volume;
  const operationId = randomUUID();
  const input: DeleteVolumeInput = {
    volumeId: id,
    volumeName: volume.name,
    content: made && place.kind === 'pool' ? { place, hostIds } : null,
  };
  const operation = { id: operationId, workflow: 'delete-volume', input };
  const taken = await services.store.volumeWork.beginDelete(id, operation);
  if (taken === 'taken') return operationId;
  const why = taken === null ? null : await whyNotDeleted(services, taken);
  if (why !== null) throw new Refusal(why.code, why.message);
  throw new Refusal('volume-not-found', `Volume ${id} could not be found.`);
}
