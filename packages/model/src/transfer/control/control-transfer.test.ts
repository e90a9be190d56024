import { describe, expect, test } from 'vitest';
import { builtInPolicy, type PolicyValues } from '../../policy/policy-values.ts';
import { describeDecision, type ControlDecision } from './control-decision.ts';
import { type ControlRules, defaultRules } from './control-rules.ts';
import { type ControlState, freshControl } from './control-state.ts';
import { controlTransfer } from './control-transfer.ts';
import { type Guest, SimulatedPrecopy } from './simulated-precopy.test-support.ts';

const mebibyte = 1024 ** 2;
/** A guest that changes the same 64 MiB over and over, over 20 MiB/s: a pass takes 3.2 s, and leaves 64 MiB. */
const hot: Guest = { memoryMib: 256, hotMib: 64, changesMibPerSecond: 400 };

function rulesOf(values: Partial<PolicyValues>, more: Partial<ControlRules> = {}): ControlRules {
  return {
    set: defaultRules,
    values: { ...builtInPolicy, ...values },
    countsWithLink: false,
    firstDowntimeMs: null,
    xbzrleCacheBytes: null,
    order: 0,
    shareBytesPerSecond: null,
    canPostCopy: true,
    ...more,
  };
}

interface Run {
  readonly decisions: ControlDecision[];
  readonly kinds: string[];
  readonly state: ControlState;
  readonly end: 'switched-over' | 'went-on';
  readonly downtimeMs: number | null;
}

/** Runs a transfer to its end, or for so many seconds, and does what is decided. */
function run(guest: Guest, capMib: number, rules: ControlRules, seconds = 300): Run {
  const transfer = new SimulatedPrecopy(guest, capMib, rules);
  let state: ControlState = freshControl;
  const decisions: ControlDecision[] = [];
  for (let atMs = 0; atMs < seconds * 1000 && !transfer.isOver; atMs += 500) {
    transfer.advance(500);
    if (transfer.isOver) break;
    const controlled = controlTransfer(state, transfer.progress(), rules);
    state = controlled.state;
    decisions.push(...controlled.decisions);
    transfer.obey(state, controlled.decisions);
  }
  return {
    decisions,
    kinds: decisions.map((one) => (one.kind === 'not-tried' ? `not ${one.means}` : one.kind)),
    state,
    end: transfer.isOver ? 'switched-over' : 'went-on',
    downtimeMs: transfer.downtimeMs,
  };
}

describe('a transfer that converges', () => {
  test('is left alone', () => {
    const { kinds, end } = run({ memoryMib: 1024, hotMib: 4, changesMibPerSecond: 10 }, 100, rulesOf({}));
    expect([kinds, end]).toEqual([[], 'switched-over']);
  });

  test('also one that gains little by little, for a long time', () => {
    // λ = 0.9: each pass leaves a tenth less than the one before.
    const { kinds, end } = run(
      { memoryMib: 2048, hotMib: 2048, changesMibPerSecond: 90 },
      100,
      rulesOf({}),
      900,
    );
    expect([kinds, end]).toEqual([[], 'switched-over']);
  });
});

describe('a guest that changes the same memory over and over', () => {
  test('is told to stall, with the numbers, and goes on where nothing is allowed', () => {
    const { decisions, kinds, end } = run(hot, 20, rulesOf({}));
    expect(kinds).toEqual(['stalled', 'not switch-over']);
    expect(end).toBe('went-on');
    const [first] = decisions;
    if (first === undefined) throw new Error('it was decided');
    expect(first.figures.bestBytes / mebibyte).toBeCloseTo(64, 0);
    expect(first.figures.downtimeMs).toBeGreaterThan(3_000);
    expect(describeDecision(first)).toContain('does not converge: pass');
  });

  test('is switched over within a budget that is enough, by the least of it', () => {
    const rules = rulesOf({ maxDowntimeMs: 5_000 }, { firstDowntimeMs: 300 });
    const { kinds, end, downtimeMs } = run(hot, 20, rules);
    expect(kinds).toEqual(['stalled', 'set-max-downtime']);
    expect(end).toBe('switched-over');
    expect(downtimeMs).toBeLessThan(3_600);
  });

  test('a budget that is not enough is never exceeded', () => {
    const { kinds, end, state } = run(hot, 20, rulesOf({ maxDowntimeMs: 1_000 }, { firstDowntimeMs: 300 }));
    expect(end).toBe('went-on');
    expect(kinds).toContain('not switch-over');
    expect(state.downtimeMs).toBe(1_000);
  });

  test('a link that is known to be faster than the cap brings it within the budget', () => {
    const rules = rulesOf({
      maxDowntimeMs: 300,
      bandwidthBytesPerSecond: 20 * mebibyte,
      linkBytesPerSecond: 1_000 * mebibyte,
    });
    const { kinds, end, downtimeMs } = run(hot, 20, rules);
    expect([kinds, end]).toEqual([[], 'switched-over']);
    expect(downtimeMs).toBeLessThanOrEqual(300);
  });

  test('is given more bandwidth where that is allowed, and converges by it', () => {
    const rules = rulesOf({
      bandwidthBytesPerSecond: 20 * mebibyte,
      maxBandwidthBytesPerSecond: 300 * mebibyte,
    });
    const { kinds, end, downtimeMs } = run(hot, 20, rules);
    expect(kinds).toEqual(['stalled', 'not switch-over', 'set-bandwidth']);
    expect(end).toBe('switched-over');
    expect(downtimeMs).toBeLessThanOrEqual(300);
  });

  test('has a larger cache for deltas where the one that it has cannot hold what a pass sends', () => {
    const small = run(hot, 20, rulesOf({ compression: 'xbzrle' }, { xbzrleCacheBytes: 64 * mebibyte }));
    expect(small.kinds).toEqual(['stalled', 'not switch-over', 'set-cache']);
    expect(small.state.xbzrleCacheBytes).toBe(128 * mebibyte);
    const enough = run(hot, 20, rulesOf({ compression: 'xbzrle' }, { xbzrleCacheBytes: 128 * mebibyte }));
    expect(enough.kinds).toEqual(['stalled', 'not switch-over']);
  });

  test('goes by post-copy where the policy ends so', () => {
    const { kinds } = run(hot, 20, rulesOf({ postCopy: 'ask', whenStalled: 'post-copy' }));
    expect(kinds).toEqual(['stalled', 'not switch-over', 'post-copy']);
  });

  test('post-copy is not tried over a weak link, nor where it was not asked for at the start', () => {
    const values = { postCopy: 'ask', whenStalled: 'post-copy' } as const;
    const weak = run(hot, 5, rulesOf(values));
    expect(weak.decisions.map(describeDecision).join('\n')).toContain('post-copy takes at least 12 MiB/s');
    const never = run(hot, 20, rulesOf(values, { canPostCopy: false }));
    expect(never.kinds).toEqual(['stalled', 'not switch-over', 'not post-copy']);
  });

  test('is paused where a pause that is long enough is allowed, and not where it is not', () => {
    const paused = run(hot, 20, rulesOf({ whenStalled: 'pause', maxPauseMs: 8_000 }));
    expect(paused.kinds).toEqual(['stalled', 'not switch-over', 'pause']);
    expect(paused.end).toBe('switched-over');
    expect(paused.downtimeMs).toBeLessThanOrEqual(8_000);
    const short = run(hot, 20, rulesOf({ whenStalled: 'pause', maxPauseMs: 1_000 }));
    expect(short.kinds).toEqual(['stalled', 'not switch-over', 'not pause']);
    expect(short.end).toBe('went-on');
  });

  test('is ended with the reason where the policy ends so', () => {
    const { decisions, kinds } = run(hot, 20, rulesOf({ whenStalled: 'abort' }));
    expect(kinds).toEqual(['stalled', 'not switch-over', 'abort']);
    expect(decisions.map(describeDecision).at(-1)).toContain('ends the transfer: it does not converge (pass');
  });
});

describe('bounds', () => {
  test('a deadline ends what is not over by then, whatever its passes show', () => {
    const { decisions } = run(hot, 20, rulesOf({ deadlineMs: 30_000, maxDowntimeMs: 300 }));
    expect(decisions.at(-1)?.kind).toBe('abort');
    expect(decisions.at(-1)?.figures.elapsedMs).toBeLessThan(31_000);
  });

  test('also in its first pass', () => {
    const { decisions, kinds } = run({ ...hot, memoryMib: 4096 }, 20, rulesOf({ deadlineMs: 10_000 }));
    expect(kinds).toEqual(['abort']);
    expect(decisions.map(describeDecision)[0]).toContain('its first pass over memory is not');
  });

  test('a pause that lasts longer than it may ends with the transfer', () => {
    const rules = rulesOf({ whenStalled: 'pause', maxPauseMs: 4_000 });
    const paused = { ...run(hot, 20, rulesOf({})).state, pausedAtMs: 100_000 };
    const transfer = new SimulatedPrecopy(hot, 1, rules);
    transfer.advance(103_000);
    expect(controlTransfer(paused, transfer.progress(), rules).decisions).toEqual([]);
    transfer.advance(2_000);
    const [decision] = controlTransfer(paused, transfer.progress(), rules).decisions;
    expect(decision?.kind).toBe('abort');
  });

  test('throttling beyond what is allowed is not waited for', () => {
    const rules = rulesOf({ throttleFirstPercent: 20, throttleMaxPercent: 40, whenStalled: 'wait' });
    const before = run(hot, 20, rules, 40);
    const transfer = new SimulatedPrecopy(hot, 20, rules);
    transfer.advance(41_000);
    const throttled = { ...transfer.progress(), throttlePercent: 60 };
    const { decisions } = controlTransfer(before.state, throttled, rules);
    expect(decisions.map(describeDecision).join()).toContain(
      'throttled by 60 %, more than 40 % are not allowed',
    );
  });
});

test('what was decided is not decided again, also by a process that finds it written down', () => {
  const rules = rulesOf({ whenStalled: 'pause', maxPauseMs: 1_000 });
  const { state } = run(hot, 20, rules);
  const found = JSON.parse(JSON.stringify(state)) as ControlState;
  const transfer = new SimulatedPrecopy(hot, 20, rules);
  transfer.advance(300_000);
  expect(controlTransfer(found, transfer.progress(), rules).decisions).toEqual([]);
});
