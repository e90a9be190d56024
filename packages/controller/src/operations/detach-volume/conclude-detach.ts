import type { Outputs, RunResult } from '@ferry/workflow';
import type { VolumeChange } from '../../store/catalogue-store.ts';
import type { Store } from '../../store/store.ts';
import type { Rest } from '../shared/rest.ts';
import type { DetachInput } from './detach-input.ts';

/** Writes down whether the instance has let go of the volume, and frees both. Doing it twice changes nothing. */
export async function concludeDetach(
  store: Store,
  id: string,
  { instanceId, instanceName, volumeId, volumeName, disk }: DetachInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done': {
      const change = (result.output as { readonly 'follow-place': VolumeChange | null })['follow-place'];
      const volume = change === null ? null : { id: volumeId, change };
      await store.attachments.endDetached(id, instanceId, null, volume);
      await store.operations.close(id);
      return 'over';
    }
    case 'undone': {
      const message = `${volumeName} stays attached as /dev/${disk.target}: ${result.failure.message}.`;
      const remedy = `Have the guest ${instanceName} end its use of the disk (umount), or shut it off; then detach it again.`;
      await store.attachments.endAttached(id, instanceId, { message, remedy });
      await store.operations.close(id);
      return 'over';
    }
    case 'blocked':
    case 'undo-blocked':
      return 'waits';
  }
}
