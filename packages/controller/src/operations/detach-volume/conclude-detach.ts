import type { Outputs, RunResult } from '@ferry/workflow';
import type { VolumeChange } from '../../store/storage/catalogue-store.ts';
import type { Store } from '../../store/store.ts';
import { comeToRest } from '../engine/come-to-rest.ts';
import type { Rest } from '../engine/rest.ts';
import type { DetachInput } from './detach-input.ts';

/** Writes down whether the instance has let go of the volume, and frees both. Doing it twice changes nothing. */
export function concludeDetach(
  store: Store,
  id: string,
  { instanceId, instanceName, volumeId, volumeName, disk }: DetachInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  return comeToRest(store, id, result, {
    done: (output) => {
      const change = (output as { readonly 'follow-place': VolumeChange | null })['follow-place'];
      const volume = change === null ? null : { id: volumeId, change };
      return store.attachments.endDetached(id, instanceId, null, volume);
    },
    undone: (failure) =>
      store.attachments.endAttached(id, instanceId, {
        message: `${volumeName} stays attached as /dev/${disk.target}: ${failure.message}.`,
        remedy: `Have the guest ${instanceName} end its use of the disk (umount), or shut it off; then detach it again.`,
      }),
  });
}
