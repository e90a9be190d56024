import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { comeToRest } from '../engine/come-to-rest.ts';
import type { Rest } from '../engine/rest.ts';
import { volumeFault } from '../volumes/volume-fault.ts';
import type { ExtendVolumeInput } from './extend-volume-input.ts';

/** Writes down how large the volume is now. Doing it twice changes nothing. */
export function concludeExtendVolume(
  store: Store,
  id: string,
  { volumeName, toBytes }: ExtendVolumeInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  return comeToRest(store, id, result, {
    done: () => store.volumeWork.end(id, { state: 'ready', fault: null, sizeBytes: toBytes }),
    undone: (failure) =>
      store.volumeWork.end(id, {
        state: 'error_extending',
        fault: volumeFault(volumeName, 'extended', failure),
      }),
  });
}
