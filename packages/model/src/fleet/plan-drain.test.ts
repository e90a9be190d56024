import { describe, expect, test } from 'vitest';
import type { FleetPlan } from './fleet-plan.ts';
import type { FleetGuest, FleetState } from './fleet-state.ts';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import {
  gib,
  movesOfPlan,
  sampleFleet,
  sampleFleetGroup,
  sampleFleetGuest,
  sampleFleetHost,
} from './sample-fleet.test-support.ts';

const drain = (state: FleetState, hosts: readonly string[], other = {}): FleetPlan =>
  makePlan(state, { kind: 'drain', hostIds: hosts.map((name) => `id-${name}`) }, { ...options, ...other });

const three = ['a', 'b', 'c'].map((name) => sampleFleetHost(name));

describe('a drain', () => {
  test('closes the host first, then moves each guest once', () => {
    const plan = drain(sampleFleet(three, [sampleFleetGuest('one', 'a'), sampleFleetGuest('two', 'a')]), [
      'a',
    ]);
    expect(plan.steps[0]?.action).toEqual({ kind: 'enter-maintenance', hostId: 'id-a' });
    expect(movesOfPlan(plan).map((move) => move.split('>')[0])).toEqual(['one a', 'two a']);
    expect(plan.steps.slice(1).every(({ after }) => after.includes(1))).toBe(true);
    expect(plan.blockers).toEqual([]);
  });

  test('sends one after the other over a port, and prepares the next beside it', () => {
    const plan = drain(sampleFleet(three, [sampleFleetGuest('one', 'a'), sampleFleetGuest('two', 'a')]), [
      'a',
    ]);
    const each = (8 * gib * 1000) / 1_175_000_000;
    expect(plan.totalMs).toBeCloseTo(2000 + 2 * each + 50, -1);
    expect(plan.lowerBound.ms).toBeCloseTo(2050 + 2 * each, -1);
    expect(plan.lowerBound.because).toContain('port-a, out');
  });

  test('names who has no place, why, and what would help, and moves the others', () => {
    const hosts = [
      sampleFleetHost('a'),
      sampleFleetHost('b', { memoryBytes: 12 * gib }),
      sampleFleetHost('c', { features: new Set() }),
    ];
    const guests = [sampleFleetGuest('big', 'a', { memoryBytes: 16 * gib }), sampleFleetGuest('small', 'a')];
    const plan = drain(sampleFleet(hosts, guests), ['a']);
    expect(movesOfPlan(plan)).toEqual(['small a>b']);
    expect(plan.blockers).toHaveLength(1);
    expect(plan.blockers[0]?.guestId).toBe('id-big');
    expect(plan.blockers[0]?.because).toContain('4 GiB free and 16 GiB needed');
    expect(plan.blockers[0]?.because).toContain('c: network blue is missing');
    expect(plan.blockers[0]?.remedies).toContain('give c network blue');
  });

  test('moves another guest out of the way, and waits until it is away', () => {
    const hosts = [
      sampleFleetHost('a'),
      sampleFleetHost('b', { memoryBytes: 16 * gib }),
      sampleFleetHost('c', { memoryBytes: 8 * gib }),
    ];
    const guests = [sampleFleetGuest('big', 'a', { memoryBytes: 16 * gib }), sampleFleetGuest('other', 'b')];
    const plan = drain(sampleFleet(hosts, guests), ['a']);
    expect(movesOfPlan(plan)).toEqual(['other b>c', 'big a>b']);
    const [, away, big] = plan.steps;
    expect(away?.because).toBe('frees 8 GiB that big needs on b');
    expect(big?.after).toContain(away?.number);
    expect(big?.startsAtMs).toBeGreaterThanOrEqual(away?.endsAtMs ?? 0);
  });

  test('stops nobody who is not named', () => {
    const pinned: FleetGuest = sampleFleetGuest('gpu', 'a', {
      move: { kind: 'stays', because: 'device 0000:3b:00.0' },
    });
    const cold = sampleFleetGuest('old', 'a', {
      move: { kind: 'cold-only', bytes: gib, because: 'its TPM' },
    });
    const state = sampleFleet(three, [pinned, cold]);
    const plan = drain(state, ['a']);
    expect(movesOfPlan(plan)).toEqual([]);
    expect(plan.blockers.map(({ guestId }) => guestId)).toEqual(['id-gpu', 'id-old']);
    const named = drain(state, ['a'], { mayStop: ['id-old'], mayShutDown: ['id-gpu'] });
    expect(named.blockers).toEqual([]);
    expect(named.steps.map(({ action }) => action.kind).toSorted()).toEqual([
      'enter-maintenance',
      'move',
      'shut-down',
    ]);
  });

  test('holds members of a server group apart, and together', () => {
    const apart = [sampleFleetGuest('web-1', 'a'), sampleFleetGuest('web-2', 'b')];
    const together = [sampleFleetGuest('db-1', 'a'), sampleFleetGuest('db-2', 'a')];
    const state = sampleFleet(
      three,
      [...apart, ...together],
      [sampleFleetGroup('web', 'anti-affinity', apart), sampleFleetGroup('db', 'affinity', together)],
    );
    const plan = drain(state, ['a']);
    expect(plan.blockers).toEqual([]);
    expect(movesOfPlan(plan)).toContain('web-1 a>c');
    const targets = movesOfPlan(plan)
      .filter((move) => move.startsWith('db'))
      .map((move) => move.split('>')[1]);
    expect(new Set(targets).size).toBe(1);
  });

  test('leaves enough free for the largest host to fail, where that is asked for', () => {
    const state = sampleFleet(three, [
      sampleFleetGuest('one', 'a', { memoryBytes: 32 * gib }),
      sampleFleetGuest('two', 'b', { memoryBytes: 60 * gib }),
    ]);
    expect(drain(state, ['a']).blockers).toEqual([]);
    const [blocker] = drain(state, ['a'], { keepOneHostSpare: true }).blockers;
    expect(blocker?.because).toContain('64 GiB must stay free for the largest host to fail');
  });

  test('of all hosts is refused guest by guest, and of a host that nobody knows by name', () => {
    const state = sampleFleet(three, [sampleFleetGuest('one', 'a'), sampleFleetGuest('two', 'b')]);
    const plan = drain(state, ['a', 'b', 'c', 'gone']);
    expect(movesOfPlan(plan)).toEqual([]);
    expect(plan.blockers.map(({ because }) => because)).toEqual([
      'there is no host id-gone',
      'one has no place: 2 hosts: to be emptied by this plan',
      'two has no place: 2 hosts: to be emptied by this plan',
    ]);
  });

  test('says whether the deadline can be met', () => {
    const state = sampleFleet(three, [sampleFleetGuest('one', 'a')]);
    expect(drain(state, ['a'], { deadline: '2026-11-30T06:01:00Z' }).deadline?.met).toBe(true);
    expect(drain(state, ['a'], { deadline: '2026-11-30T06:00:05Z' }).deadline).toEqual({
      met: false,
      because:
        'it takes 9.4 s and there are 5 s; at least 9.4 s are needed (no order of its moves takes less than there is)',
    });
  });
});
