import type { PolicyValues } from '../../policy/policy-values.ts';
import type { TransferProgress } from '../../migration/transfer-progress.ts';
import { type ControlDecision, describeDecision } from './control-decision.ts';
import { type ControlRules, type RuleSet, defaultRules } from './control-rules.ts';
import { type ControlState, freshControl } from './control-state.ts';
import { controlTransfer } from './control-transfer.ts';

/** What a recording holds that rules look at. */
export interface RecordedTransfer {
  readonly values: PolicyValues;
  /** What the hypervisor was told at the start; null: the options alone. */
  readonly strategy: {
    readonly downtimeMs: number | null;
    readonly availSwitchoverBytesPerSecond: number | null;
    readonly xbzrleCacheBytes?: number | null;
  } | null;
  readonly samples: readonly { readonly state: string; readonly progress: TransferProgress }[];
  readonly decisions: readonly ControlDecision[];
}

/** One decision of either, and whose it was. */
export interface ReplayedDecision {
  readonly by: 'both' | 'recorded' | 'replayed';
  readonly elapsedMs: number;
  readonly text: string;
}

/**
 * Runs rules over what a transfer showed, and tells where they would have decided otherwise. What came after the first other
 * decision would have been another transfer: it is shown as it was.
 */
export function replayControl(
  recorded: RecordedTransfer,
  {
    values = recorded.values,
    set = defaultRules,
  }: { readonly values?: PolicyValues; readonly set?: RuleSet } = {},
): ReplayedDecision[] {
  const rules: ControlRules = {
    set,
    values,
    countsWithLink: (recorded.strategy?.availSwitchoverBytesPerSecond ?? null) !== null,
    firstDowntimeMs: recorded.strategy === null ? values.maxDowntimeMs : recorded.strategy.downtimeMs,
    xbzrleCacheBytes: recorded.strategy?.xbzrleCacheBytes ?? null,
    order: 0,
    shareBytesPerSecond: null,
    canPostCopy: values.postCopy !== 'never',
  };
  let state: ControlState = freshControl;
  const replayed: ControlDecision[] = [];
  for (const { state: stood, progress } of recorded.samples) {
    if (stood !== 'precopy' && stood !== 'paused' && stood !== 'ending') continue;
    const controlled = controlTransfer(state, progress, rules);
    state = controlled.state;
    replayed.push(...controlled.decisions);
  }
  // Orders and shares come from outside: no rule decides on them.
  const own = recorded.decisions.filter(
    (one) => !('why' in one) || (one.why !== 'order' && one.why !== 'share'),
  );
  return aligned(own, replayed);
}

/** The two in one order: what both have once, by the longest sequence that they have in common. */
function aligned(
  recorded: readonly ControlDecision[],
  replayed: readonly ControlDecision[],
): ReplayedDecision[] {
  const [first, ...rest] = recorded;
  const [other, ...others] = replayed;
  if (first === undefined) return replayed.map((one) => told('replayed', one));
  if (other === undefined) return recorded.map((one) => told('recorded', one));
  if (keyOf(first) === keyOf(other)) return [told('both', other), ...aligned(rest, others)];
  // The one that comes up again later is what both have: the other stands alone.
  const later = others.some((one) => keyOf(one) === keyOf(first));
  return later
    ? [told('replayed', other), ...aligned(recorded, others)]
    : [told('recorded', first), ...aligned(rest, replayed)];
}

function told(by: ReplayedDecision['by'], decision: ControlDecision): ReplayedDecision {
  return { by, elapsedMs: decision.figures.elapsedMs, text: describeDecision(decision) };
}

function keyOf(decision: ControlDecision): string {
  return decision.kind === 'not-tried' ? `not ${decision.means}` : decision.kind;
}
