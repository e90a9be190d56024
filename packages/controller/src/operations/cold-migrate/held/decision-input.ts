import type { LookedAtTarget } from '../../facts/looked-at-target.ts';
import type { MoveInput } from '../../move/move-input.ts';

/** What a decision on a held migration works from: the move as it was, and what it found on the target before it came. */
export interface DecisionInput extends MoveInput {
  readonly looked: LookedAtTarget;
}
