import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import type { Rest } from '../engine/rest.ts';
import { volumeFault } from '../volumes/volume-fault.ts';
import type { CreateVolumeInput } from './create-volume-input.ts';

/** Writes down whether there is a volume now. Doing it twice changes nothing. */
export async function concludeCreateVolume(
  store: Store,
  id: string,
  { volumeName }: CreateVolumeInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'blocked':
      return 'waits';
    case 'done':
      await store.volumeWork.end(id, { state: 'ready', fault: null });
      break;
    case 'undone': {
      const fault = volumeFault(volumeName, 'made', result.failure);
      await store.volumeWork.end(id, { state: 'error', fault, nothingMade: true });
      break;
    }
    case 'undo-blocked': {
      // What is left on the host is tried again and again; the volume is told as failed at once.
      const fault = `${volumeFault(volumeName, 'made', result.because)} Clean-up is not done yet: ${result.failure.message}`;
      await store.volumeWork.end(id, { state: 'error', fault, stays: true });
      return 'waits';
    }
  }
  await store.operations.close(id);
  return 'over';
}
