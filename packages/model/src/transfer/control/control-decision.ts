/** What can be done about a transfer that does not converge. */
export type ControlMeans =
  | 'switch-over'
  | 'budget'
  | 'bandwidth'
  | 'cache'
  | 'throttle'
  | 'post-copy'
  | 'pause'
  | 'abort';

/** The numbers that a decision was made on. Bytes, bytes a second, milliseconds. */
export interface ControlFigures {
  readonly pass: number;
  /** What the pass has to send, and the least that one had. */
  readonly leftBytes: number;
  readonly bestBytes: number;
  readonly rateBytesPerSecond: number;
  /** How long the guest would stand still with the least that was left. */
  readonly downtimeMs: number;
  readonly budgetMs: number;
  readonly elapsedMs: number;
}

/** What was decided on a transfer that runs. */
export type ControlDecision = { readonly figures: ControlFigures } & (
  | { readonly kind: 'stalled' }
  /** A pass gains again. */
  | { readonly kind: 'recovered' }
  | {
      readonly kind: 'set-max-downtime';
      readonly downtimeMs: number;
      readonly why: 'local-minimum' | 'budget' | 'order';
    }
  | {
      readonly kind: 'set-bandwidth';
      readonly bytesPerSecond: number | null;
      readonly why: 'stalled' | 'order' | 'share';
    }
  | { readonly kind: 'set-cache'; readonly cacheBytes: number }
  | { readonly kind: 'post-copy'; readonly why: 'stalled' | 'deadline' | 'throttled' }
  | {
      readonly kind: 'pause';
      readonly why: 'stalled' | 'deadline' | 'throttled';
      readonly maxMs: number;
      readonly expectedMs: number;
    }
  | { readonly kind: 'abort'; readonly because: string }
  /** A way that cannot help, or may not be gone. */
  | { readonly kind: 'not-tried'; readonly means: ControlMeans; readonly because: string }
);

/** A decision as people read it. */
export function describeDecision(decision: ControlDecision): string {
  const { figures } = decision;
  switch (decision.kind) {
    case 'stalled':
      return `does not converge: ${figuresOf(figures)}`;
    case 'recovered':
      return `converges again: ${figuresOf(figures)}`;
    case 'set-max-downtime': {
      const from = `may switch over with up to ${ms(decision.downtimeMs)} of downtime`;
      if (decision.why === 'order') return `${from}: it was asked for`;
      return decision.why === 'budget'
        ? `${from}, all of the budget (${figuresOf(figures)})`
        : `${from}, at the next minimum (${figuresOf(figures)})`;
    }
    case 'set-bandwidth':
      return describeBandwidth(decision.bytesPerSecond, decision.why, figures);
    case 'set-cache':
      return `a cache of ${mib(decision.cacheBytes)} for deltas, which holds what a pass sends (${figuresOf(figures)})`;
    case 'post-copy':
      return `post-copy is begun, ${whyOf(decision.why)} (${figuresOf(figures)})`;
    case 'pause':
      return `the guest is paused for ${ms(decision.maxMs)} at most, about ${ms(decision.expectedMs)}, ${whyOf(decision.why)} (${figuresOf(figures)})`;
    case 'abort':
      return `ends the transfer: ${decision.because}`;
    case 'not-tried':
      return `no ${nouns[decision.means]}: ${decision.because}`;
  }
}

function describeBandwidth(
  bytesPerSecond: number | null,
  why: 'stalled' | 'order' | 'share',
  figures: ControlFigures,
): string {
  const told = bytesPerSecond === null ? 'no limit of bandwidth' : `bandwidth ${rate(bytesPerSecond)}`;
  if (why === 'order') return `${told}: it was asked for`;
  if (why === 'stalled') return `${told}, the most that is allowed (${figuresOf(figures)})`;
  return bytesPerSecond === null ? `${told}: it has the link for itself` : `${told}: its share of the link`;
}

/** The numbers as people read them. */
export function figuresOf(figures: ControlFigures): string {
  const { pass, leftBytes, bestBytes, rateBytesPerSecond, downtimeMs, budgetMs } = figures;
  return `pass ${pass} has ${mib(leftBytes)} to send, the best had ${mib(bestBytes)}, at ${rate(rateBytesPerSecond)}: ${ms(downtimeMs)} of downtime, the budget is ${ms(budgetMs)}`;
}

const nouns: Readonly<Record<ControlMeans, string>> = {
  'switch-over': 'switch-over at a minimum',
  budget: 'switch-over within the budget',
  bandwidth: 'more bandwidth',
  cache: 'larger cache for deltas',
  throttle: 'throttling',
  'post-copy': 'post-copy',
  pause: 'pause',
  abort: 'end',
};

function whyOf(why: 'stalled' | 'deadline' | 'throttled'): string {
  if (why === 'deadline') return 'as its deadline is over';
  return why === 'throttled'
    ? 'as its processors are throttled as far as is allowed'
    : 'as it does not converge';
}

function mib(bytes: number): string {
  const value = bytes / 1024 / 1024;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} MiB`;
}

function rate(bytesPerSecond: number): string {
  return `${mib(bytesPerSecond)}/s`;
}

function ms(value: number): string {
  if (!Number.isFinite(value)) return 'no end';
  return value < 10_000 ? `${Math.round(value)} ms` : `${Math.round(value / 1000)} s`;
}
