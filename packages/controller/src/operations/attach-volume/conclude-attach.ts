import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { comeToRest } from '../engine/come-to-rest.ts';
import type { Rest } from '../engine/rest.ts';
import type { AttachInput } from './attach-input.ts';

/** Writes down whether the instance has the volume now, and frees both. Doing it twice changes nothing. */
export function concludeAttach(
  store: Store,
  id: string,
  { instanceId, volumeName, host }: AttachInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  return comeToRest(store, id, result, {
    done: () => store.attachments.endAttached(id, instanceId, null),
    undone: (failure) =>
      store.attachments.endDetached(id, instanceId, {
        message: `${volumeName} was not attached: ${failure.message}`,
        remedy: `See the message and libvirtd's log on ${host.name}; nothing has changed.`,
      }),
  });
}
