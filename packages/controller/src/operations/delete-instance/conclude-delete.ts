import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { remedyOf } from '../engine/remedy-of.ts';
import { comeToRest } from '../engine/come-to-rest.ts';
import type { Rest } from '../engine/rest.ts';
import type { DeleteInput } from './delete-input.ts';

/** Writes down how the deletion of an instance came to rest. Doing it twice changes nothing. */
export function concludeDelete(
  store: Store,
  id: string,
  { instanceId }: DeleteInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  return comeToRest(store, id, result, {
    done: () => store.deletions.finish(id, instanceId),
    // Its guest was not ended: it is as it was, and can be deleted again.
    undone: (failure) =>
      store.deletions.giveUp(id, instanceId, { message: failure.message, remedy: remedyOf(failure) }),
  });
}
