import { randomUUID } from 'node:crypto';
import type { Caller } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { volumeOfCaller } from '../volumes/find-volume.ts';
import { whyNotDeleted } from '../volumes/why-not-deleted.ts';
import type { DeleteVolumeInput } from './delete-volume-input.ts';

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
