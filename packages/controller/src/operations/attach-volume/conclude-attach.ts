import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import type { Rest } from '../shared/rest.ts';
import type { AttachInput } from './attach-input.ts';

/** Writes down whether the instance has the volume now, and frees both. Doing it twice changes nothing. */
export async function concludeAttach(
  store: Store,
  id: string,
  { instanceId, volumeName, host }: AttachInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done':
      await store.attachments.endAttached(id, instanceId, null);
      await store.operations.close(id);
      return 'over';
    case 'undone': {
      const message = `${volumeName} was not attached: ${result.failure.message}`;
      const remedy = `See the message and libvirtd's log on ${host.name}; nothing has changed.`;
      await store.attachments.endDetached(id, instanceId, { message, remedy });
      await store.operations.close(id);
      return 'over';
    }
    case 'blocked':
    case 'undo-blocked':
      return 'waits';
  }
}
