import type { TransferProgress } from '../../migration/transfer-progress.ts';
import type { ControlDecision, ControlFigures } from './control-decision.ts';
import { budgetMs, type ControlRules } from './control-rules.ts';
import type { ControlState } from './control-state.ts';
import { figuresNow } from './figures-now.ts';

/** A share that differs by less than this from the one that was told is the same: each change costs a call and an event. */
const sameShare = 0.1;

/** What others have changed since the last look: an operator's order, and the share of a link that several moves go over. */
export function takeChanges(
  before: ControlState,
  progress: TransferProgress,
  rules: ControlRules,
): { readonly state: ControlState; readonly decisions: readonly ControlDecision[] } {
  const figures = figuresNow(progress, rules);
  const ordered = takeOrder(before, rules, figures);
  const shared = takeShare(ordered.state, rules, figures);
  return { state: shared.state, decisions: [...ordered.decisions, ...shared.decisions] };
}

/** What was asked for holds from here on, and all ways are open again. */
function takeOrder(
  state: ControlState,
  rules: ControlRules,
  figures: ControlFigures,
): { readonly state: ControlState; readonly decisions: readonly ControlDecision[] } {
  if (rules.order <= state.order) return { state, decisions: [] };
  const { bandwidthBytesPerSecond, maxDowntimeMs } = rules.values;
  const decisions: ControlDecision[] = [];
  if (bandwidthBytesPerSecond !== null)
    decisions.push({ kind: 'set-bandwidth', bytesPerSecond: bandwidthBytesPerSecond, why: 'order', figures });
  if (maxDowntimeMs !== null)
    decisions.push({ kind: 'set-max-downtime', downtimeMs: maxDowntimeMs, why: 'order', figures });
  const asked = { bandwidthBytesPerSecond, downtimeMs: budgetMs(rules) };
  return { state: { ...state, ...asked, order: rules.order, stalled: false, tried: [] }, decisions };
}

function takeShare(
  state: ControlState,
  { shareBytesPerSecond: share }: ControlRules,
  figures: ControlFigures,
): { readonly state: ControlState; readonly decisions: readonly ControlDecision[] } {
  const told = state.shareBytesPerSecond;
  if (share === told) return { state, decisions: [] };
  if (share !== null && told !== null && Math.abs(share - told) < told * sameShare)
    return { state, decisions: [] };
  const decision = { kind: 'set-bandwidth', bytesPerSecond: share, why: 'share', figures } as const;
  // What the passes showed was at another rate.
  return { state: { ...state, shareBytesPerSecond: share, best: null, tried: [] }, decisions: [decision] };
}
