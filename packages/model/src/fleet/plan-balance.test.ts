import { describe, expect, test } from 'vitest';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import type { FleetPlan, PlanGoal } from './fleet-plan.ts';
import type { FleetHost, FleetState } from './fleet-state.ts';
import {
  gib,
  movesOfPlan,
  sampleFleet,
  sampleFleetGuest,
  sampleFleetHost,
} from './sample-fleet.test-support.ts';

const balance = (state: FleetState, other: Partial<PlanGoal & { kind: 'balance' }> = {}): FleetPlan =>
  makePlan(state, { kind: 'balance', groups: [], onContentionOnly: false, ...other }, options);

const withUse = (name: string, cpuUsed: number, groups: string[] = []): FleetHost =>
  sampleFleetHost(name, { cpuUsed, groups });

describe('a balance', () => {
  test('moves guests from a host that uses much to one that uses little, and stops within the hysteresis', () => {
    const guests = Array.from({ length: 8 }, (_, number) =>
      sampleFleetGuest(`g${number}`, 'a', { cpuUsed: 1 }),
    );
    const plan = balance(sampleFleet([withUse('a', 8), withUse('b', 0)], guests));
    const moved = movesOfPlan(plan).length;
    expect(moved).toBeGreaterThanOrEqual(3);
    expect(moved).toBeLessThanOrEqual(4);
    expect(plan.steps[0]?.because).toBe(
      'a uses 100 % of its memory and 50 % of its processors and b 0 % of its memory',
    );
  });

  test('lets alone what is within the hysteresis', () => {
    const guests = [
      sampleFleetGuest('one', 'a', { cpuUsed: 1 }),
      sampleFleetGuest('two', 'b', { cpuUsed: 1 }),
    ];
    expect(balance(sampleFleet([withUse('a', 2), withUse('b', 1)], guests)).steps).toEqual([]);
  });

  test('lets alone what has just moved, for as long as it is told', () => {
    const movedAt = '2026-03-01T09:30:00.000Z';
    const guests = Array.from({ length: 8 }, (_, number) =>
      sampleFleetGuest(`g${number}`, 'a', { cpuUsed: 1, movedAt }),
    );
    const state = {
      ...sampleFleet([withUse('a', 8), withUse('b', 0)], guests),
      readAt: '2026-03-01T10:00:00.000Z',
    };
    expect(balance(state).steps).toEqual([]);
    expect(balance(state, { cooldownMs: 20 * 60_000 }).steps.length).toBeGreaterThan(0);
  });

  test('has nothing to propose after it was done', () => {
    const guests = Array.from({ length: 12 }, (_, number) =>
      sampleFleetGuest(`g${number}`, number < 8 ? 'a' : 'b', { memoryBytes: 6 * gib, cpuUsed: 1 }),
    );
    const hosts = [withUse('a', 8), withUse('b', 4), withUse('c', 0)];
    const plan = balance(sampleFleet(hosts, guests));
    expect(plan.steps.length).toBeGreaterThan(0);
    const target = new Map(
      plan.steps.flatMap(({ action }) => (action.kind === 'move' ? [[action.guestId, action.toHostId]] : [])),
    );
    const moved = guests.map((guest) => ({ ...guest, hostId: target.get(guest.id) ?? guest.hostId }));
    const after = hosts.map((host) => ({
      ...host,
      cpuUsed: moved.filter(({ hostId }) => hostId === host.id).length,
    }));
    expect(balance(sampleFleet(after, moved)).steps).toEqual([]);
  });

  test('does not make the target the next that must be relieved', () => {
    const guests = [sampleFleetGuest('huge', 'a', { memoryBytes: 48 * gib, cpuUsed: 10 })];
    expect(balance(sampleFleet([withUse('a', 10), withUse('b', 0)], guests)).steps).toEqual([]);
  });

  test('does not move what takes longer than its gain is worth', () => {
    const forecast = {
      bytes: 8 * gib,
      dirtyBytesPerSecond: 0,
      downtimeMs: 50,
      prepareMs: 7_200_000,
      known: true,
    };
    const guests = Array.from({ length: 8 }, (_, number) =>
      sampleFleetGuest(`g${number}`, 'a', { cpuUsed: 1, move: { kind: 'live', forecast } }),
    );
    expect(balance(sampleFleet([withUse('a', 8), withUse('b', 0)], guests)).steps).toEqual([]);
  });

  test('on contention only lets a host alone that has enough', () => {
    const some = Array.from({ length: 4 }, (_, number) =>
      sampleFleetGuest(`g${number}`, 'a', { cpuUsed: 3 }),
    );
    const goal = { onContentionOnly: true };
    expect(balance(sampleFleet([withUse('a', 12), withUse('b', 0)], some), goal).steps).toEqual([]);
    expect(movesOfPlan(balance(sampleFleet([withUse('a', 15), withUse('b', 0)], some), goal))).toHaveLength(
      1,
    );
  });

  test('goes across the groups that it is asked for, and to no other host', () => {
    const guests = Array.from({ length: 8 }, (_, number) =>
      sampleFleetGuest(`g${number}`, 'a', { cpuUsed: 1 }),
    );
    const state = sampleFleet(
      [withUse('a', 8, ['east']), withUse('b', 0, ['west']), withUse('c', 0, ['north'])],
      guests,
    );
    const targets = new Set(
      movesOfPlan(balance(state, { groups: ['east', 'west'] })).map((move) => move.split('>')[1]),
    );
    expect([...targets]).toEqual(['b']);
    expect(balance(state, { groups: ['south'] }).blockers[0]?.because).toBe(
      'there is no host in group south',
    );
  });
});
