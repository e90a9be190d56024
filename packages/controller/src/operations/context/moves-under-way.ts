import type { OperationStore } from '../../store/operations/operation-store.ts';
import { type MoveInput, readMoveInput } from './move-input.ts';

/** Workflows whose input is a move's. One that is only rehearsed needs the same on its target. */
const moves: ReadonlySet<string> = new Set([
  'live-migrate',
  'cold-migrate',
  'cold-migrate-held',
  'revert-migration',
  'evacuate',
  'rehearse',
]);

/** Operations that move an instance and are not closed, the oldest first. */
export async function movesUnderWay(
  operations: OperationStore,
): Promise<readonly { readonly operationId: string; readonly input: MoveInput }[]> {
  const found: { operationId: string; input: MoveInput }[] = [];
  for (const { operationId, workflow } of await operations.unfinished()) {
    if (!moves.has(workflow)) continue;
    const operation = await operations.byId(operationId);
    if (operation !== null) found.push({ operationId, input: readMoveInput(operation.input) });
  }
  return found;
}
