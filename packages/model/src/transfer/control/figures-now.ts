import type { TransferProgress } from '../../migration/transfer-progress.ts';
import type { ControlFigures } from './control-decision.ts';
import { budgetMs, type ControlRules, downtimeOf } from './control-rules.ts';
import { memoryLeft } from './control-state.ts';

/** The numbers of one look alone, where passes tell nothing, or are not asked. */
export function figuresNow(progress: TransferProgress, rules: ControlRules): ControlFigures {
  const left = memoryLeft(progress);
  const { iteration: pass, rateBytesPerSecond, elapsedMs } = progress;
  return {
    pass,
    leftBytes: left,
    bestBytes: left,
    rateBytesPerSecond,
    downtimeMs: Math.round(downtimeOf(rules, left, rateBytesPerSecond)),
    budgetMs: budgetMs(rules),
    elapsedMs,
  };
}
