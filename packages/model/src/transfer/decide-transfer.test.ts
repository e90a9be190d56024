import { describe, expect, test } from 'vitest';
import type { Outcome } from '../migration/transfer-outcome.ts';
import type { TransferProgress } from '../migration/transfer-progress.ts';
import { beginTransfer, decideTransfer, type TransferMemory, withEnsured } from './decide-transfer.ts';
import {
  maxPostCopyResumes,
  type TransferPolicy,
  type TransferSample,
  type TransferState,
} from './transfer-state.ts';

const mebibyte = 1024 * 1024;
const policy: TransferPolicy = {
  postCopy: 'never',
  maxDowntimeMs: null,
  stallMs: 10_000,
  connectMs: 30_000,
  control: null,
  shadow: null,
  unknownMs: 600_000,
};
const precopy: TransferState = { kind: 'precopy', weakLink: null };
const forced: TransferState = { kind: 'forced' };
const postCopy: TransferState = { kind: 'post-copy', because: 'forced by an operator' };

function progress(memoryBytes: number, more: Partial<TransferProgress> = {}): TransferProgress {
  return {
    elapsedMs: 1_000,
    totalBytes: 1024 * mebibyte,
    doneBytes: memoryBytes,
    remainingBytes: 200 * mebibyte,
    memoryBytes,
    diskBytes: 0,
    rateBytesPerSecond: 100 * mebibyte,
    dirtyBytesPerSecond: 120 * mebibyte,
    iteration: 1,
    expectedDowntimeMs: 2_000,
    downtimeMs: null,
    ...more,
  };
}

const sending = (atMs: number, more: Partial<TransferSample> = {}): TransferSample => ({
  atMs,
  call: 'running',
  progress: progress(mebibyte),
  outcome: null,
  canResume: false,
  abortRequested: false,
  forceRequested: false,
  ...more,
});

const over = (atMs: number, outcome: Outcome, more: Partial<TransferSample> = {}): TransferSample =>
  sending(atMs, { call: 'over', progress: null, outcome, ...more });

const lost = (isResumable: boolean): Outcome => ({
  kind: 'lost',
  resumable: isResumable,
  because: 'broken',
  remedy: 'ask',
});

const wanted = (atMs: number): TransferSample => sending(atMs, { forceRequested: true });
const resumable = (atMs: number): TransferSample => over(atMs, lost(true), { canResume: true });

/** Looks one after another; what the last one led to. */
function after(
  first: TransferMemory,
  samples: readonly TransferSample[],
  agreed = policy,
): ReturnType<typeof decideTransfer> {
  let decision: ReturnType<typeof decideTransfer> = { memory: first, actions: [] };
  for (const sample of samples) decision = decideTransfer(decision.memory, sample, agreed);
  return decision;
}

const kinds = ({ actions }: { actions: readonly { kind: string }[] }): string[] =>
  actions.map(({ kind }) => kind);

describe('while a call sends the guest', () => {
  test('the first byte of memory ends the wait for the target', () => {
    const begun = beginTransfer({ kind: 'connecting' }, 0);
    expect(after(begun, [sending(500, { progress: progress(0) })]).memory.state.kind).toBe('connecting');
    expect(after(begun, [sending(500)]).memory.state).toEqual(precopy);
  });

  test('a target that is not ready in time is not waited for, also when nothing is known of the job', () => {
    const begun = beginTransfer({ kind: 'connecting' }, 0);
    expect(kinds(after(begun, [sending(29_999, { progress: null })]))).toEqual([]);
    expect(after(begun, [sending(30_000, { progress: null })]).actions).toEqual([
      { kind: 'abort-job' },
      { kind: 'give-up-call', because: { kind: 'target-not-ready' } },
    ]);
  });

  test('nothing goes for a while: it is stalled, until something goes again', () => {
    const stalled = after(beginTransfer(precopy, 0), [sending(0), sending(9_999), sending(10_000)]);
    expect(stalled.memory.state).toEqual({ kind: 'stalled', from: precopy });
    const going = after(stalled.memory, [sending(10_500, { progress: progress(2 * mebibyte) })]);
    expect(going.memory.state).toEqual(precopy);
  });

  test('a source that says nothing of its job counts as nothing going', () => {
    const silent = after(beginTransfer(precopy, 0), [sending(0), sending(10_000, { progress: null })]);
    expect(silent.memory.state.kind).toBe('stalled');
  });

  test('an abort is passed on at each look', () => {
    const look = sending(500, { abortRequested: true });
    expect(kinds(after(beginTransfer(precopy, 0), [look, { ...look, atMs: 1_000 }]))).toEqual(['abort-job']);
  });
});

describe('forced', () => {
  test('the guest is paused until that has succeeded once', () => {
    const first = after(beginTransfer(precopy, 0), [wanted(500)]);
    expect(first.memory.state).toEqual(forced);
    expect(kinds(first)).toEqual(['pause-guest']);
    expect(kinds(after(first.memory, [wanted(1_000)]))).toEqual(['pause-guest']);
    expect(kinds(after(withEnsured(first.memory), [wanted(1_000)]))).toEqual([]);
  });

  test('a link that stalls is told and stays told, and the guest is not paused again', () => {
    const paused = withEnsured(after(beginTransfer(precopy, 0), [wanted(0)]).memory);
    const looks = Array.from({ length: 80 }, (_, index) => wanted(10_000 + index * 30));
    const states = new Set<string>();
    let memory = paused;
    for (const look of looks) {
      const decision = decideTransfer(memory, look, policy);
      expect(decision.actions).toEqual([]);
      memory = decision.memory;
      states.add(JSON.stringify(memory.state));
    }
    expect([...states]).toEqual([JSON.stringify({ kind: 'stalled', from: forced })]);
  });

  test('one that is stalled can be forced', () => {
    const stalled = after(beginTransfer(precopy, 0), [sending(0), sending(10_000)]);
    const both = after(stalled.memory, [wanted(10_500)]);
    expect(both.memory.state).toEqual({ kind: 'stalled', from: forced });
    expect(kinds(both)).toEqual(['pause-guest']);
  });

  test('where post-copy was allowed, that is begun instead', () => {
    const begun = after(beginTransfer(precopy, 0), [wanted(500)], { ...policy, postCopy: 'ask' });
    expect(begun.memory.state).toEqual(postCopy);
    expect(kinds(begun)).toEqual(['start-post-copy']);
  });

  test('a guest whose job does not show itself is left alone', () => {
    const silent = after(beginTransfer(precopy, 0), [{ ...wanted(500), progress: null }]);
    expect(silent).toMatchObject({ memory: { state: precopy }, actions: [] });
  });

  test('a controller that finds one forced pauses the guest again', () => {
    expect(kinds(after(beginTransfer(forced, 0), [wanted(500)]))).toEqual(['pause-guest']);
  });
});

describe('post-copy', () => {
  const agreed: TransferPolicy = { ...policy, postCopy: 'ask' };
  const second = progress(mebibyte, { iteration: 2 });

  test('begins when memory changes as fast as it is sent, and is not judged again', () => {
    const begun = after(beginTransfer(precopy, 0), [sending(500, { progress: second })], agreed);
    expect(begun.memory.state.kind).toBe('post-copy');
    const later = after(withEnsured(begun.memory), [sending(1_000, { progress: second })], agreed);
    expect(later).toMatchObject({ memory: { state: begun.memory.state }, actions: [] });
  });

  test('a weak link is named, and forgotten when it is one no more', () => {
    const weak = sending(500, { progress: { ...second, rateBytesPerSecond: mebibyte } });
    const told = after(beginTransfer(precopy, 0), [weak], agreed);
    expect(told.memory.state).toMatchObject({
      kind: 'precopy',
      weakLink: expect.stringContaining('12 MiB/s') as string,
    });
    expect(told.actions).toEqual([]);
  });

  test('a guest that both hosts show lost at three looks is not waited for', () => {
    const looks = [0, 1_000, 2_000].map((atMs) => sending(atMs, { outcome: lost(false) }));
    const begun = withEnsured(beginTransfer(postCopy, 0));
    expect(kinds(after(begun, looks.slice(0, 2), agreed))).toEqual([]);
    expect(after(begun, looks, agreed).actions).toEqual([
      { kind: 'give-up-call', because: { kind: 'guest-lost', because: 'broken' } },
    ]);
  });

  test('while it is resumed, one that can be resumed is not given up', () => {
    const looks = [0, 1_000, 2_000, 3_000].map((atMs) => sending(atMs, { outcome: lost(true) }));
    expect(kinds(after(beginTransfer({ kind: 'resuming', attempt: 1 }, 0), looks, agreed))).toEqual([]);
  });

  test('it is resumed so often, and then what was agreed is done', () => {
    let memory = beginTransfer(postCopy, 0);
    for (let attempt = 1; attempt <= maxPostCopyResumes; attempt += 1) {
      const decision = after(
        memory,
        [resumable(attempt * 5_000), resumable(attempt * 5_000 + 1_000)],
        agreed,
      );
      expect(kinds(decision)).toEqual(['resume-post-copy']);
      expect(decision.memory.state).toEqual({ kind: 'resuming', attempt });
      memory = decision.memory;
    }
    const looks = [resumable(90_000), resumable(91_000)];
    expect(after(memory, looks, agreed).actions).toEqual([{ kind: 'ask', because: 'broken', remedy: 'ask' }]);
    expect(kinds(after(memory, looks, { ...policy, postCopy: 'restart' }))).toEqual(['start-anew']);
  });

  test.each([
    { what: 'cannot be resumed by these versions', isResumable: true, canResume: false },
    { what: 'has lost its memory', isResumable: false, canResume: true },
  ])('one that $what is not resumed', ({ isResumable, canResume }) => {
    const looks = [0, 1_000].map((atMs) => over(atMs, lost(isResumable), { canResume }));
    expect(kinds(after(beginTransfer(postCopy, 0), looks, agreed))).toEqual(['ask']);
  });

  test('one look at a lost guest proves nothing', () => {
    expect(kinds(after(beginTransfer(postCopy, 0), [over(0, lost(false))], agreed))).toEqual([]);
  });
});

describe('when no call runs', () => {
  test.each([
    { kind: 'moved', guest: 'runs', because: 'it runs there' },
    { kind: 'stayed', guest: 'runs', because: 'it runs here' },
  ] as const)('hosts that show it $kind end it', (outcome) => {
    expect(after(beginTransfer(precopy, 0), [over(0, outcome)]).actions).toEqual([
      { kind: outcome.kind, outcome },
    ]);
  });

  test('a target that holds all of it is told to run it, and a person is asked after a time', () => {
    const arrived: Outcome = { kind: 'arrived', because: 'paused there' };
    const first = after(beginTransfer(precopy, 0), [over(0, arrived)]);
    expect(first).toMatchObject({ memory: { state: { kind: 'arrived' } } });
    expect(kinds(first)).toEqual(['resume-on-target']);
    expect(kinds(after(first.memory, [over(600_001, arrived)]))).toEqual(['ask']);
  });

  test('what is not known is told, asked about after a time, and forgotten once it is known', () => {
    const unknown: Outcome = { kind: 'unknown', because: 'no answer', remedy: 'see to it' };
    const first = after(beginTransfer(forced, 0), [over(0, unknown)]);
    expect(first).toMatchObject({
      memory: { state: { kind: 'unknown', because: 'no answer', from: forced } },
      actions: [],
    });
    expect(kinds(after(first.memory, [over(600_001, unknown)]))).toEqual(['ask']);
    const running = after(first.memory, [over(1_000, { kind: 'running', because: 'job' })]);
    expect(running.memory.state).toEqual(forced);
  });

  test('a job that goes on without a call is followed, aborted and forced as one with a call', () => {
    const running: Outcome = { kind: 'running', because: 'a job runs' };
    const look = over(0, running, {
      progress: progress(mebibyte),
      abortRequested: true,
      forceRequested: true,
    });
    const decision = after(beginTransfer(precopy, 0), [look]);
    expect(kinds(decision)).toEqual(['abort-job', 'pause-guest']);
    expect(decision.memory.state).toEqual(forced);
  });
});
