import type { MoveInput } from '../move/move-input.ts';

/** What an evacuation works from: a move without anything to copy, and the definition that its source cannot tell any more. */
export interface EvacuationMove extends MoveInput {
  readonly xml: string;
  /** Files that nobody may have open when it is started at the target. */
  readonly writtenPaths: readonly string[];
}
