import type { Failure, Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import type { Rest } from './rest.ts';

/** What is written down when an operation is over, each way; doing it twice must change nothing. */
export interface Ends {
  done(output: Outputs): Promise<void>;
  undone(failure: Failure): Promise<void>;
}

/** For operations that tell nothing while they wait: writes the end down, then closes the operation. */
export async function comeToRest(
  store: Store,
  id: string,
  result: RunResult<Outputs>,
  ends: Ends,
): Promise<Rest> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'blocked':
    case 'undo-blocked':
      return 'waits';
    case 'done':
      await ends.done(result.output);
      break;
    case 'undone':
      await ends.undone(result.failure);
  }
  await store.operations.close(id);
  return 'over';
}
