import { describe, expect, test } from 'vitest';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import type { FleetPlan } from './fleet-plan.ts';
import type { FleetState } from './fleet-state.ts';
import {
  gib,
  movesOfPlan,
  sampleFleet,
  sampleFleetGuest,
  sampleFleetHost,
} from './sample-fleet.test-support.ts';

const upgrade = (state: FleetState, hosts: readonly string[], other = {}): FleetPlan =>
  makePlan(state, { kind: 'upgrade', hostIds: hosts.map((name) => `id-${name}`) }, { ...options, ...other });

/** `a enters`, `a upgrades`, `a leaves` in their order. */
const turns = (plan: FleetPlan): string[] =>
  plan.steps.flatMap(({ action }) => {
    if (action.kind === 'enter-maintenance') return [`${action.hostId.slice(3)} enters`];
    if (action.kind === 'upgrade-host') return [`${action.hostId.slice(3)} upgrades`];
    return action.kind === 'leave-maintenance' ? [`${action.hostId.slice(3)} leaves`] : [];
  });

const names = ['a', 'b', 'c', 'd'];
const hosts = names.map((name) => sampleFleetHost(name, { memoryBytes: 16 * gib }));

describe('an upgrade', () => {
  test('with one spare host moves each guest once, to a host that is upgraded', () => {
    const guests = ['a', 'b', 'c'].flatMap((name) => [
      sampleFleetGuest(`${name}1`, name),
      sampleFleetGuest(`${name}2`, name),
    ]);
    const plan = upgrade(sampleFleet(hosts, guests), names);
    expect(plan.blockers).toEqual([]);
    expect(turns(plan)).toEqual(
      ['d', 'a', 'b', 'c'].flatMap((name) => [`${name} enters`, `${name} upgrades`, `${name} leaves`]),
    );
    expect(movesOfPlan(plan).toSorted()).toEqual([
      'a1 a>d',
      'a2 a>d',
      'b1 b>a',
      'b2 b>a',
      'c1 c>b',
      'c2 c>b',
    ]);
  });

  test('moves guests of the first host to a later one where there is no spare, and takes them along from there', () => {
    const guests = ['a', 'b', 'c'].map((name) => sampleFleetGuest(`${name}1`, name));
    const plan = upgrade(sampleFleet(hosts.slice(0, 3), guests), ['a', 'b', 'c']);
    expect(plan.blockers).toEqual([]);
    expect(movesOfPlan(plan)).toHaveLength(4);
    for (const move of movesOfPlan(plan).slice(-2)) expect(move.split('>')[1]).toMatch(/[ab]/);
  });

  test('leaves a host alone that cannot be emptied, and says what keeps it', () => {
    const pinned = sampleFleetGuest('gpu', 'a', { move: { kind: 'stays', because: 'device 0000:3b:00.0' } });
    const plan = upgrade(
      sampleFleet(hosts, [pinned, sampleFleetGuest('one', 'a'), sampleFleetGuest('two', 'b')]),
      ['a', 'b'],
    );
    expect(turns(plan)).toEqual(['b enters', 'b upgrades', 'b leaves']);
    expect(movesOfPlan(plan).map((move) => move.slice(0, 5))).toEqual(['two b']);
    expect(plan.blockers.map(({ because }) => because)).toEqual([
      'gpu runs and cannot leave its host: device 0000:3b:00.0',
      'a is not upgraded and nothing leaves it, for one thing stands in the way',
    ]);
  });

  test('shuts a pinned guest down just before, by its name, and starts it just after', () => {
    const pinned = sampleFleetGuest('gpu', 'a', { move: { kind: 'stays', because: 'device 0000:3b:00.0' } });
    const plan = upgrade(sampleFleet(hosts, [pinned, sampleFleetGuest('one', 'a')]), ['a'], {
      mayShutDown: ['id-gpu'],
    });
    expect(plan.steps.map(({ action }) => action.kind)).toEqual([
      'enter-maintenance',
      'move',
      'shut-down',
      'upgrade-host',
      'leave-maintenance',
      'start',
    ]);
  });

  test('has two hosts in maintenance at once where it may, and sends guests to neither of them', () => {
    const guests = names.map((name) => sampleFleetGuest(`${name}1`, name, { memoryBytes: 2 * gib }));
    const plan = upgrade(sampleFleet(hosts, guests), names, { hostsAtOnce: 2 });
    expect(plan.blockers).toEqual([]);
    expect(plan.totalMs).toBeLessThan(3 * 600_000);
    const first = turns(plan).slice(0, 2);
    expect(first).toEqual(['a enters', 'b enters']);
    for (const move of movesOfPlan(plan).slice(0, 2)) expect(move.split('>')[1]).toMatch(/[cd]/);
  });

  test('leaves guests that are off where they are', () => {
    const off = sampleFleetGuest('off', 'a', { move: { kind: 'off', bytes: gib } });
    const plan = upgrade(sampleFleet(hosts, [off]), ['a']);
    expect(movesOfPlan(plan)).toEqual([]);
    expect(plan.stays).toEqual([{ guestId: 'id-off', because: 'is off' }]);
  });
});
