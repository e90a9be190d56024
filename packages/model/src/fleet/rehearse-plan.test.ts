import { expect, test } from 'vitest';
import type { PlanAction } from './fleet-plan.ts';
import type { StepRecord } from './plan-record.ts';
import type { StepRehearsal } from './plan-rehearsal.ts';
import {
  allRehearsed,
  beginRehearsals,
  countRehearsals,
  nextRehearsals,
  rehearsalOfRefusal,
} from './rehearse-plan.ts';

type Move = PlanAction & { readonly kind: 'move' };

function move(guest: string, from: string, to: string, how: Move['how'] = 'live'): PlanAction {
  const load = { bytes: 0, downtimeMs: null, isPivot: false };
  return { kind: 'move', guestId: guest, fromHostId: from, toHostId: to, how, ...load };
}

function step(number: number, action: PlanAction, after: number[] = []): StepRecord {
  const state = { kind: 'waiting', because: '', since: '' } as const;
  return { number, action, after, startsAtMs: 0, endsAtMs: 0, because: '', state, migrationId: null };
}

const kinds = (steps: readonly StepRecord[]): unknown[] =>
  steps.map(({ number, rehearsal }) => [number, rehearsal?.kind]);
const rehearsed = (one: StepRecord, rehearsal: StepRehearsal): StepRecord => ({ ...one, rehearsal });
const running: StepRehearsal = { kind: 'running', migrationId: 'm', since: '' };
const ended = (...codes: string[]): StepRehearsal => ({
  kind: 'ended',
  migrationId: 'm',
  problems: codes.map((code) => ({ code, message: code, remedy: '' })),
  at: '',
});

test('live moves are rehearsed; cold ones, and those that come after another move of their guest, are left out by name', () => {
  const begun = beginRehearsals([
    step(1, { kind: 'enter-maintenance', hostId: 'a' }),
    step(2, move('one', 'a', 'b')),
    step(3, move('two', 'a', 'b', 'cold')),
    step(4, move('one', 'b', 'c')),
    step(5, move('three', 'a', 'b', 'evacuate')),
    { ...step(6, move('four', 'a', 'b')), state: { kind: 'dropped', because: '', at: '' } },
  ]);
  expect(kinds(begun)).toEqual([
    [2, 'waiting'],
    [3, 'left-out'],
    [4, 'left-out'],
    [5, 'left-out'],
  ]);
  expect(begun[2]?.rehearsal).toMatchObject({
    because: expect.stringContaining('by step 2 first') as string,
  });
});

test('one at a time goes out of a host and one comes to it, so many in all as the plan moves', () => {
  const steps = beginRehearsals([
    step(1, move('one', 'a', 'b')),
    step(2, move('two', 'a', 'c')),
    step(3, move('three', 'd', 'b')),
    step(4, move('four', 'd', 'c')),
  ]);
  const { begin, wait } = nextRehearsals(steps, 64);
  expect(begin.map(({ number }) => number)).toEqual([1, 4]);
  expect(wait.map(({ rehearsal }) => rehearsal)).toEqual([
    { kind: 'waiting', because: 'step 1 is rehearsed over the same port' },
    { kind: 'waiting', because: 'step 1 is rehearsed over the same port' },
  ]);
  expect(nextRehearsals(steps, 1).begin.map(({ number }) => number)).toEqual([1]);
  const [first, ...others] = steps;
  const later = [rehearsed(first ?? step(1, move('one', 'a', 'b')), running), ...others];
  expect(nextRehearsals(later, 64).begin.map(({ number }) => number)).toEqual([4]);
  expect(allRehearsed(later)).toBe(false);
});

test('how they went is counted', () => {
  const one = step(1, move('one', 'a', 'b'));
  const steps = [
    rehearsed(one, ended()),
    rehearsed(one, ended('x', 'y')),
    rehearsed(one, { kind: 'left-out', because: '' }),
  ];
  expect(countRehearsals([...steps, one])).toEqual({ passed: 1, failed: 1, leftOut: 1 });
  expect(allRehearsed([...steps, one])).toBe(true);
});

const finding = (code: string, severity: 'error' | 'unknown' | 'ok') =>
  ({ code, severity, message: `${code}!`, compared: {}, remedy: `mend ${code}` }) as const;

test('all that the checks forbid is told; room that others make first is not known yet', () => {
  const first = step(1, move('one', 'b', 'c'));
  const second = step(2, move('two', 'a', 'b'), [1]);
  const refusal = (...findings: ReturnType<typeof finding>[]) => ({
    code: 'checks-failed',
    message: 'no',
    findings,
  });
  const room = refusal(finding('target-memory', 'error'), finding('cpu-compatible', 'ok'));
  expect(rehearsalOfRefusal(second, [first, second], room, 'now')).toEqual({
    kind: 'left-out',
    because: 'step 1 comes first and makes room: target-memory!',
  });
  expect(rehearsalOfRefusal(first, [first, second], room, 'now')).toMatchObject({
    kind: 'ended',
    problems: [{ code: 'target-memory', remedy: 'mend target-memory' }],
  });
  const more = refusal(finding('target-memory', 'error'), finding('pool-present', 'unknown'));
  expect(rehearsalOfRefusal(second, [first, second], more, 'now')).toMatchObject({
    problems: [{ code: 'target-memory' }, { code: 'pool-present' }],
  });
  expect(rehearsalOfRefusal(first, [first], refusal(), 'now')).toMatchObject({
    problems: [{ code: 'checks-failed', message: 'no' }],
  });
});
