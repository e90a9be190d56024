import type { TransferProgress } from '../../migration/transfer-progress.ts';
import { postCopyWeakness } from '../post-copy-start.ts';
import {
  type ControlDecision,
  type ControlFigures,
  type ControlMeans,
  figuresOf,
} from './control-decision.ts';
import { budgetMs, type ControlRules, downtimeOf, defaultDowntimeMs } from './control-rules.ts';
import {
  type ControlState,
  figuresNow,
  isSmallHotSet,
  memoryLeft,
  sentRate,
  withLook,
  withoutGain,
} from './control-state.ts';
import { wantedOf } from './told-hypervisor.ts';

/** What a look led to. */
export interface Controlled {
  readonly state: ControlState;
  /** In the order in which they were made; none: nothing new. */
  readonly decisions: readonly ControlDecision[];
}

interface Step extends Controlled {
  /** Nothing more is to be tried at this look. */
  readonly over: boolean;
}

/** Room in a cache for deltas beside what one pass sends. */
const cacheMargin = 1.25;

type Way = (state: ControlState, look: Look) => Step | null;

/** One look, and what it was compared with. */
interface Look {
  readonly rules: ControlRules;
  readonly progress: TransferProgress;
  readonly figures: ControlFigures;
  readonly why: 'stalled' | 'deadline' | 'throttled';
}

/**
 * What is done about a pre-copy that does not converge, by what its passes show and its policy allows. A pass that has less
 * to send than any before is progress; without progress for some passes it is stalled. Then, one after the other, each with
 * two passes to show what it does: it switches over at the next minimum that is within the downtime budget, anywhere within
 * it, is given the bandwidth that is allowed, and at last what the policy says. The budget is kept whatever is tried: only a
 * pause or post-copy that the policy names goes beyond it.
 */
export function controlTransfer(
  before: ControlState,
  progress: TransferProgress,
  rules: ControlRules,
): Controlled {
  // It ends: there is nothing more to be done about it.
  if (before.tried.includes('abort')) return { state: before, decisions: [] };
  if (before.pausedAtMs !== null) return whilePaused(before, progress, rules, before.pausedAtMs);
  const { marginShare } = rules.set;
  const seen = withLook(before, progress, { marginShare, enoughBytes: enoughBytes(before, rules, progress) });
  const figures = figuresFrom(seen, progress, rules);
  const late = isLate(progress, rules);
  if (figures === null) return late ? endedEarly(seen, progress, rules) : { state: seen, decisions: [] };
  const throttled = isThrottledBeyond(progress, rules);
  const gains = withoutGain(seen, progress);
  const { set } = rules;
  const stalled = gains.passes >= set.stalledPasses || (gains.passes >= 1 && gains.ms >= set.stalledMs);
  if (!stalled && !late && !throttled) return recovered(seen, figures);
  const told: ControlDecision[] = stalled && !seen.stalled ? [{ kind: 'stalled', figures }] : [];
  const state = { ...seen, stalled };
  const waits = !late && !throttled && isChanging(state, progress, rules);
  if (waits) return { state, decisions: told };
  const why = late ? 'deadline' : throttled ? 'throttled' : 'stalled';
  return tryWays({ state, decisions: told }, { rules, progress, figures, why });
}

/** So much left is within what the hypervisor was told: limit × the rate that it counts with. */
function enoughBytes(
  state: ControlState,
  rules: ControlRules,
  { rateBytesPerSecond }: TransferProgress,
): number {
  const { limitMs, bandwidthBytesPerSecond: cap } = wantedOf(state, rules);
  const counted = rules.countsWithLink ? rules.values.linkBytesPerSecond : cap;
  return ((limitMs ?? defaultDowntimeMs) / 1000) * (counted ?? rateBytesPerSecond);
}

/** Each measure in turn, until one is taken or waits for its effect. */
function tryWays(first: Controlled, look: Look): Controlled {
  let { state, decisions } = first;
  for (const way of ways) {
    const step = way(state, look);
    if (step === null) continue;
    state = step.state;
    decisions = [...decisions, ...step.decisions];
    if (step.over) break;
  }
  return { state, decisions };
}

const ways: readonly Way[] = [
  atMinimum,
  withinBudget,
  withMoreBandwidth,
  withLargerCache,
  besideThrottling,
  byPostCopy,
  byPause,
  atLast,
];

/** The hypervisor switches over as soon as no more is left than the best pass had. */
function atMinimum(state: ControlState, { rules, figures, why }: Look): Step | null {
  if (why !== 'stalled' || state.tried.includes('switch-over')) return null;
  const wanted = figures.downtimeMs * (1 + rules.set.marginShare);
  if (wanted > figures.budgetMs)
    return notTried(
      state,
      'switch-over',
      `with the least that was left the guest would stand still for ${Math.round(figures.downtimeMs)} ms, and the budget is ${figures.budgetMs} ms`,
      figures,
    );
  const downtimeMs = Math.ceil(wanted);
  if (downtimeMs <= currentDowntime(state, rules)) return null;
  const decision = { kind: 'set-max-downtime', downtimeMs, why: 'local-minimum', figures } as const;
  return done({ ...state, downtimeMs }, 'switch-over', decision, figures);
}

/** All of the budget, where no pass came down to the best once more. */
function withinBudget(state: ControlState, { rules, figures, why }: Look): Step | null {
  if (why !== 'stalled' || state.tried.includes('budget')) return null;
  const downtimeMs = figures.budgetMs;
  if (downtimeMs <= currentDowntime(state, rules)) return null;
  const decision = { kind: 'set-max-downtime', downtimeMs, why: 'budget', figures } as const;
  return done({ ...state, downtimeMs }, 'budget', decision, figures);
}

function withMoreBandwidth(state: ControlState, { rules, figures, why }: Look): Step | null {
  if (why !== 'stalled' || state.tried.includes('bandwidth')) return null;
  const most = rules.values.maxBandwidthBytesPerSecond;
  const now = state.bandwidthBytesPerSecond ?? rules.values.bandwidthBytesPerSecond;
  // One without a limit has all that the link gives already.
  if (most === null || now === null || most <= now) return null;
  return done(
    // What was counted with the former rate is counted anew.
    { ...state, bandwidthBytesPerSecond: most, stalled: false, tried: [], best: null },
    'bandwidth',
    { kind: 'set-bandwidth', bytesPerSecond: most, why: 'stalled', figures },
    figures,
  );
}

/** A cache that does not hold what a pass sends has none of it when it comes again: all of it is sent whole. */
function withLargerCache(state: ControlState, { rules, figures, why }: Look): Step | null {
  const now = state.xbzrleCacheBytes ?? rules.xbzrleCacheBytes;
  if (now === null || why !== 'stalled' || state.tried.includes('cache')) return null;
  const wanted = figures.leftBytes * cacheMargin;
  if (now >= wanted) return null;
  // A power of two, as QEMU takes it.
  const cacheBytes = 2 ** Math.ceil(Math.log2(wanted));
  const decision = { kind: 'set-cache', cacheBytes, figures } as const;
  return done({ ...state, xbzrleCacheBytes: cacheBytes }, 'cache', decision, figures);
}

/** Throttling is the hypervisor's own doing, begun with the transfer: here it is waited for as long as it can help. */
function besideThrottling(state: ControlState, { rules, progress, figures, why }: Look): Step | null {
  const most = rules.values.throttleMaxPercent;
  if (most === null || why !== 'stalled' || state.tried.includes('throttle')) return null;
  if (isSmallHotSet(state) === true)
    return notTried(
      state,
      'throttle',
      `the guest changes the same ${Math.round(figures.bestBytes / 1024 / 1024)} MiB over and over, as much in a short pass as in a long one: slower processors free no link`,
      figures,
    );
  return (progress.throttlePercent ?? 0) < most ? { state, decisions: [], over: true } : null;
}

function byPostCopy(state: ControlState, { rules, progress, figures, why }: Look): Step | null {
  if (rules.values.whenStalled !== 'post-copy' || state.tried.includes('post-copy')) return null;
  const weak = postCopyWeakness(memoryLeft(progress), figures.rateBytesPerSecond);
  const because = rules.canPostCopy ? weak : 'it was not asked for at the start, or its disks are copied';
  if (because !== null) return notTried(state, 'post-copy', because, figures);
  return done(state, 'post-copy', { kind: 'post-copy', why, figures }, figures);
}

/** What is left when a pass has just begun, and what the guest has changed since, all at the rate that is sent with now. */
function byPause(state: ControlState, { rules, progress, figures, why }: Look): Step | null {
  const { whenStalled, maxPauseMs } = rules.values;
  const wanted =
    whenStalled === 'pause' || (whenStalled === 'post-copy' && state.tried.includes('post-copy'));
  if (!wanted || maxPauseMs === null) return null;
  const expectedMs = pauseMs(state, progress, figures);
  if (expectedMs > maxPauseMs) {
    if (state.tried.includes('pause')) return null;
    const because = `it would take ${Math.round(expectedMs)} ms, and ${maxPauseMs} ms are allowed`;
    return notTried(state, 'pause', because, figures);
  }
  return done(
    { ...state, pausedAtMs: progress.elapsedMs },
    'pause',
    { kind: 'pause', why, maxMs: maxPauseMs, expectedMs: Math.round(expectedMs), figures },
    figures,
  );
}

function atLast(state: ControlState, { rules, progress, figures, why }: Look): Step | null {
  const { whenStalled, deadlineMs, throttleMaxPercent } = rules.values;
  // A bound that was promised is kept by the end of the transfer where nothing else keeps it.
  if (why === 'stalled' && whenStalled !== 'abort') return null;
  const reasons = {
    stalled: `it does not converge (${figuresOf(figures)}), and nothing more is allowed`,
    deadline: `its deadline of ${Math.round((deadlineMs ?? 0) / 1000)} s is over (${figuresOf(figures)})`,
    throttled: `its processors are throttled by ${progress.throttlePercent ?? 0} %, more than ${throttleMaxPercent ?? 0} % are not allowed, and it still does not converge (${figuresOf(figures)})`,
  } as const;
  return done(state, 'abort', { kind: 'abort', because: reasons[why], figures }, figures);
}

/** A pause that lasts longer than it may ends with the transfer: the guest runs on at its source then. */
function whilePaused(
  state: ControlState,
  progress: TransferProgress,
  rules: ControlRules,
  sinceMs: number,
): Controlled {
  const most = rules.values.maxPauseMs;
  const pausedMs = progress.elapsedMs - sinceMs;
  if (most === null || pausedMs <= most) return { state, decisions: [] };
  const figures = figuresNow(progress, rules);
  const because = `the guest has been paused for ${pausedMs} ms, ${most} ms are allowed, and ${Math.round(memoryLeft(progress) / 1024 / 1024)} MiB are still to be sent`;
  return done(state, 'abort', { kind: 'abort', because, figures }, figures);
}

/** Its deadline is over before its passes tell anything. */
function endedEarly(state: ControlState, progress: TransferProgress, rules: ControlRules): Controlled {
  const figures = figuresNow(progress, rules);
  const seconds = Math.round((rules.values.deadlineMs ?? 0) / 1000);
  const because = `its deadline of ${seconds} s is over, and its first pass over memory is not`;
  return done(state, 'abort', { kind: 'abort', because, figures }, figures);
}

function figuresFrom(
  state: ControlState,
  progress: TransferProgress,
  rules: ControlRules,
): ControlFigures | null {
  const { best } = state;
  const rateBytesPerSecond = sentRate(state, progress);
  const last = state.passes.at(-1);
  if (best === null || last === undefined || rateBytesPerSecond === null || rateBytesPerSecond <= 0)
    return null;
  // The first pass sends all of the memory: what the guest changes shows from the second on.
  if (state.passes.length < 2) return null;
  return {
    pass: last.iteration,
    leftBytes: last.leftBytes,
    bestBytes: best.leftBytes,
    rateBytesPerSecond: Math.round(rateBytesPerSecond),
    downtimeMs: Math.round(downtimeOf(rules, best.leftBytes, rateBytesPerSecond)),
    budgetMs: budgetMs(rules),
    elapsedMs: progress.elapsedMs,
  };
}

function recovered(state: ControlState, figures: ControlFigures): Controlled {
  if (!state.stalled) return { state, decisions: [] };
  return { state: { ...state, stalled: false, tried: [] }, decisions: [{ kind: 'recovered', figures }] };
}

/** What was changed last has two passes to show, or as long as a stall takes. */
function isChanging(state: ControlState, progress: TransferProgress, { set }: ControlRules): boolean {
  if (state.changedIn === 0) return false;
  const since = state.passes.filter(({ iteration }) => iteration > state.changedIn);
  const [first] = since;
  if (first === undefined || since.length < 2) return true;
  return since.length < set.stalledPasses && progress.elapsedMs - first.beganMs < set.stalledMs;
}

function isLate(progress: TransferProgress, { values }: ControlRules): boolean {
  return values.deadlineMs !== null && progress.elapsedMs >= values.deadlineMs;
}

function isThrottledBeyond(progress: TransferProgress, { values }: ControlRules): boolean {
  const most = values.throttleMaxPercent;
  return most !== null && (progress.throttlePercent ?? 0) > most;
}

function currentDowntime(state: ControlState, { firstDowntimeMs }: ControlRules): number {
  return state.downtimeMs ?? firstDowntimeMs ?? defaultDowntimeMs;
}

function pauseMs(state: ControlState, progress: TransferProgress, figures: ControlFigures): number {
  const last = state.passes.at(-1);
  const before = state.passes.at(-2);
  const left = memoryLeft(progress);
  if (last === undefined || before === undefined) return Number.POSITIVE_INFINITY;
  const passMs = Math.max(1, last.beganMs - before.beganMs);
  const share = Math.min(1, (progress.elapsedMs - last.beganMs) / passMs);
  return ((left + last.leftBytes * share) / figures.rateBytesPerSecond) * 1000;
}

function done(
  state: ControlState,
  means: ControlMeans,
  decision: ControlDecision,
  figures: ControlFigures,
): Step {
  const tried = [...state.tried, means];
  return { state: { ...state, tried, changedIn: figures.pass }, decisions: [decision], over: true };
}

function notTried(state: ControlState, means: ControlMeans, because: string, figures: ControlFigures): Step {
  const decision: ControlDecision = { kind: 'not-tried', means, because, figures };
  return { state: { ...state, tried: [...state.tried, means] }, decisions: [decision], over: false };
}
