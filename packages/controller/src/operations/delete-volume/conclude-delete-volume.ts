import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { comeToRest } from '../engine/come-to-rest.ts';
import type { Rest } from '../engine/rest.ts';
import { volumeFault } from '../volumes/volume-fault.ts';
import type { DeleteVolumeInput } from './delete-volume-input.ts';

/** Writes down whether the volume is gone. Doing it twice changes nothing. */
export function concludeDeleteVolume(
  store: Store,
  id: string,
  { volumeName }: DeleteVolumeInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  return comeToRest(store, id, result, {
    done: () => store.volumeWork.endDeleted(id),
    undone: (failure) =>
      store.volumeWork.end(id, {
        state: 'error_deleting',
        fault: volumeFault(volumeName, 'deleted', failure),
      }),
  });
}
