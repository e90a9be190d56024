import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { remedyOf } from '../shared/remedy-of.ts';
import type { Rest } from '../shared/rest.ts';
import type { DeleteInput } from './delete-input.ts';

/** Writes down how the deletion of an instance came to rest. Doing it twice changes nothing. */
export async function concludeDelete(
  store: Store,
  id: string,
  { instanceId }: DeleteInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done':
      await store.deletions.finish(id, instanceId);
      await store.operations.close(id);
      return 'over';
    case 'undone': {
      // Its guest was not ended: it is as it was, and can be deleted again.
      const { failure } = result;
      await store.deletions.giveUp(id, instanceId, {
        message: failure.message,
        remedy: remedyOf(failure),
      });
      await store.operations.close(id);
      return 'over';
    }
    case 'blocked':
    case 'undo-blocked':
      return 'waits';
  }
}
