import type { TransferProgress } from '../../migration/transfer-progress.ts';
import type { ControlDecision, ControlFigures, ControlMeans } from './control-decision.ts';
import { budgetMs, type ControlRules, downtimeOf } from './control-rules.ts';

/** Passes that are remembered: more than any rule looks back. */
const maxPasses = 8;

/** One pass over the memory that the guest has changed since the one before. Times are the job's, milliseconds. */
interface Pass {
  readonly iteration: number;
  readonly beganMs: number;
  /** What it had to send when it was first seen, bytes. */
  readonly leftBytes: number;
  /** What had been sent in all by then, bytes. */
  readonly sentBytes: number;
}

/** What is known of a transfer's passes, and what it was told. Plain data: it is stored with its migration. */
export interface ControlState {
  readonly passes: readonly Pass[];
  /** The pass that had least to send, as far as it counts as progress. */
  readonly best: Pass | null;
  /** What the last look showed, bytes. */
  readonly last: { readonly leftBytes: number; readonly sentBytes: number } | null;
  /** The guest's rate and the link's are in balance, and no pass gains. */
  readonly stalled: boolean;
  /** At which downtime it may switch over, milliseconds; null: as it began. */
  readonly downtimeMs: number | null;
  /** The bandwidth that it is to have, bytes a second; null: as it began. */
  readonly bandwidthBytesPerSecond: number | null;
  /** The cache for deltas that it is to have, bytes; null or not set: as it began. */
  readonly xbzrleCacheBytes?: number | null;
  /** Its share of the link, as it was told last. */
  readonly shareBytesPerSecond: number | null;
  /** How many of an operator's changes have been taken in. */
  readonly order: number;
  /** What has been tried. */
  readonly tried: readonly ControlMeans[];
  /** The pass in which something was last changed: what it did shows in the ones after the next. */
  readonly changedIn: number;
  /** When the guest was paused, by the job's clock; null: it was not. */
  readonly pausedAtMs: number | null;
}

/** Of a transfer that nobody has looked at. */
export const freshControl: ControlState = {
  passes: [],
  best: null,
  last: null,
  stalled: false,
  downtimeMs: null,
  bandwidthBytesPerSecond: null,
  shareBytesPerSecond: null,
  order: 0,
  tried: [],
  changedIn: 0,
  pausedAtMs: null,
};

/** Memory that is still to be sent, as far as that is told apart from disks. */
export function memoryLeft(progress: TransferProgress): number {
  return progress.memoryRemainingBytes ?? progress.remainingBytes;
}

/**
 * Takes a look in: a pass that had not been seen is added. `marginShare`: what counts as progress; `enoughBytes`: so much left,
 * and the hypervisor looks at what was changed meanwhile: a pass ends with so much that it has not sent.
 */
export function withLook(
  former: ControlState,
  progress: TransferProgress,
  { marginShare, enoughBytes }: { readonly marginShare: number; readonly enoughBytes: number },
): ControlState {
  const before = former.passes.at(-1);
  const look = { leftBytes: memoryLeft(progress), sentBytes: progress.memoryBytes };
  const state = { ...former, last: look };
  // The number of a pass may go on from an earlier migration that was cancelled: only its changes count.
  if (progress.iteration < 1 || (before !== undefined && progress.iteration <= before.iteration))
    return state;
  const skipped = before === undefined ? 1 : progress.iteration - before.iteration;
  const pass: Pass = {
    iteration: progress.iteration,
    beganMs: progress.elapsedMs,
    leftBytes: Math.round((look.leftBytes + sentSince(former.last, look, enoughBytes)) / skipped),
    sentBytes: progress.memoryBytes,
  };
  const passes = [...former.passes, pass].slice(-maxPasses);
  // Of short passes, of which some were not seen, it is the average.
  const gains = former.best === null || pass.leftBytes < former.best.leftBytes * (1 - marginShare);
  return { ...state, passes, best: gains ? pass : former.best };
}

/** What of a new pass had been sent when it was first seen: all since the look before, but what the pass before still sent. */
function sentSince(
  before: ControlState['last'],
  now: { readonly leftBytes: number; readonly sentBytes: number },
  enoughBytes: number,
): number {
  if (before === null) return 0;
  const stillSent = Math.max(0, before.leftBytes - enoughBytes);
  return Math.max(0, now.sentBytes - before.sentBytes - stillSent);
}

/**
 * Bytes a second that went over the last passes; null before there are two. Not the hypervisor's own figure, which is of the
 * last tenth of a second.
 */
export function sentRate({ passes }: ControlState, progress: TransferProgress): number | null {
  const from = passes.at(-4) ?? passes[0];
  if (from === undefined || progress.elapsedMs <= from.beganMs) return null;
  return ((progress.memoryBytes - from.sentBytes) / (progress.elapsedMs - from.beganMs)) * 1000;
}

/** Passes that were begun since the one that gained last, and for how long none has gained, milliseconds. */
export function withoutGain(
  { passes, best }: ControlState,
  progress: TransferProgress,
): { readonly passes: number; readonly ms: number } {
  if (best === null) return { passes: 0, ms: 0 };
  const since = passes.filter(({ iteration }) => iteration > best.iteration).length;
  return { passes: since, ms: progress.elapsedMs - best.beganMs };
}

/**
 * Whether what the guest changes in a pass is the same however long the pass takes: a small set that it changes over and over.
 * Slowing its processors down frees no link then until hardly anything of them is left. Null: the passes do not tell.
 */
export function isSmallHotSet({ passes }: ControlState): boolean | null {
  const pairs = passes.slice(1).flatMap((pass, index) => {
    const before = passes[index];
    // What the first pass leaves is what changed while all of the memory was sent: the longest look there is.
    return before === undefined || pass.beganMs <= before.beganMs
      ? []
      : [{ ms: pass.beganMs - before.beganMs, bytes: pass.leftBytes }];
  });
  if (pairs.length < 2) return null;
  const times = pairs.map(({ ms }) => ms);
  const [shortest, longest] = [Math.min(...times), Math.max(...times)];
  // Passes of one length say nothing of how the set grows.
  if (longest < shortest * 2) return null;
  const bytesOf = (ms: number): number => pairs.find((one) => one.ms === ms)?.bytes ?? 0;
  return bytesOf(longest) <= bytesOf(shortest) * 1.25;
}

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
