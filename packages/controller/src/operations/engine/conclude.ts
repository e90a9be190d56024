import type { Failure, Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';

/** What is written down when an operation is over, each way; doing it twice must change nothing. */
interface Ends<Output extends Outputs> {
  done(output: Output): Promise<void>;
  undone(failure: Failure): Promise<void>;
}

/** For operations that tell nothing while they wait: writes the end down, then closes the operation. */
export async function conclude<Output extends Outputs>(
  store: Store,
  id: string,
  result: RunResult<Output>,
  ends: Ends<Output>,
): Promise<Conclusion> {
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
  await store.operations.close(id, result.kind === 'done' ? 'done' : 'failed');
  return 'over';
}

/** How an operation came to rest: for good, until a host or a person does something, or with its runner. */
export type Conclusion = 'over' | 'waits' | 'stopped';
