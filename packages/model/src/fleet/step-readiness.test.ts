import { describe, expect, test } from 'vitest';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import type { FleetPlan, PlanStep, RunningMove, StepReadiness } from './fleet-plan.ts';
import type { FleetState } from './fleet-state.ts';
import { gib, sampleFleet, sampleFleetGuest, sampleFleetHost } from './sample-fleet.test-support.ts';
import { stepReadiness } from './step-readiness.ts';

const hosts = ['a', 'b', 'c'].map((name) => sampleFleetHost(name, { memoryBytes: 16 * gib }));
const guests = [sampleFleetGuest('one', 'a'), sampleFleetGuest('two', 'a')];
const state = sampleFleet(hosts, guests);
const plan = makePlan(state, { kind: 'drain', hostIds: ['id-a'] }, options);
const stepOf = (guest: string, of: FleetPlan = plan): PlanStep => {
  const found = of.steps.find(({ action }) => action.kind === 'move' && action.guestId === `id-${guest}`);
  if (found === undefined) throw new Error(`no step moves ${guest}`);
  return found;
};
const judged = (now: FleetState, running: readonly RunningMove[] = [], step = stepOf('one')): StepReadiness =>
  stepReadiness(step, plan, now, running, options);
const targetOf = (step: PlanStep): string =>
  step.action.kind === 'move' ? step.action.toHostId.slice(3) : '';
const target = targetOf(stepOf('one'));

const fromTo = (
  fromHostId: string,
  toHostId: string,
  number: number,
  phase: RunningMove['phase'] = 'sends',
): RunningMove => ({ guestId: `other-${number}`, fromHostId, toHostId, phase });

describe('a move', () => {
  test('is ready in the state that the plan was made from', () => {
    expect(judged(state)).toEqual({ kind: 'ready' });
  });

  test('is done where the guest is there, and stale where it is anywhere else', () => {
    const there = sampleFleet(hosts, [sampleFleetGuest('one', target), sampleFleetGuest('two', 'a')]);
    expect(judged(there)).toEqual({ kind: 'done', because: `one is on ${target}` });
    const other = target === 'b' ? 'c' : 'b';
    const elsewhere = sampleFleet(hosts, [sampleFleetGuest('one', other)]);
    expect(judged(elsewhere)).toEqual({ kind: 'stale', because: `one is on ${other} and not on a` });
    expect(judged(sampleFleet(hosts, []))).toEqual({ kind: 'stale', because: 'guest id-one is gone' });
  });

  test('is stale where its target takes it no more', () => {
    const withTarget = (change: Parameters<typeof sampleFleetHost>[1]): FleetState =>
      sampleFleet(
        hosts.map((host) => (host.name === target ? { ...host, ...change } : host)),
        guests,
      );
    expect(judged(withTarget({ admission: 'disabled' }))).toMatchObject({
      kind: 'stale',
      because: `${target} takes no guests (disabled)`,
    });
    expect(judged(withTarget({ service: 'down' }))).toMatchObject({
      kind: 'stale',
      because: `${target} does not answer`,
    });
    expect(judged(withTarget({ features: new Set() }))).toMatchObject({
      kind: 'stale',
      because: `${target}: network blue is missing`,
    });
    expect(judged(withTarget({ memoryBytes: 4 * gib }))).toMatchObject({
      kind: 'stale',
      because: expect.stringContaining('4 GiB free and 8 GiB needed'),
    });
  });

  test('waits while the guest is busy, and says with what', () => {
    const busy = sampleFleet(hosts, [sampleFleetGuest('one', 'a', { busyWith: 'resize' })]);
    expect(judged(busy)).toEqual({ kind: 'waits', because: 'one is busy with resize' });
  });

  test('waits for the slots of its hosts and of the fleet', () => {
    const leaving = [1, 2, 3, 4, 5, 6].map((number) => fromTo('id-a', 'id-x', number));
    expect(judged(state, leaving)).toEqual({
      kind: 'waits',
      because: 'waits for an outbound slot of a: 6 moves leave it and 6 may',
    });
    const coming = [1, 2, 3, 4, 5, 6].map((number) => fromTo('id-x', `id-${target}`, number));
    expect(judged(state, coming)).toMatchObject({
      because: `waits for an inbound slot of ${target}: 6 moves come to it and 6 may`,
    });
    const few = { ...options, limits: { ...options.limits, fleet: 1 } };
    expect(stepReadiness(stepOf('one'), plan, state, [fromTo('id-x', 'id-y', 1)], few)).toEqual({
      kind: 'waits',
      because: '1 moves run in the fleet and 1 may',
    });
  });

  test('waits for none whose memory is over: those clean up', () => {
    const cleaning = [1, 2, 3, 4, 5, 6, 7].map((number) => fromTo('id-a', `id-${target}`, number, 'ends'));
    expect(judged(state, cleaning)).toEqual({ kind: 'ready' });
  });

  test('is made ready while others send on its link, and waits while three are being made ready', () => {
    const sending = [fromTo('id-a', 'id-x', 1), fromTo('id-a', 'id-y', 2)];
    expect(judged(state, sending)).toEqual({ kind: 'ready' });
    expect(judged(state, [...sending, fromTo('id-a', 'id-x', 3, 'prepares')])).toEqual({ kind: 'ready' });
    const ahead = [3, 4, 5].map((number) => fromTo('id-a', 'id-x', number, 'prepares'));
    expect(judged(state, [fromTo('id-a', 'id-x', 1), ...ahead])).toEqual({
      kind: 'waits',
      because: 'waits for port-a, out: 3 moves are being made ready for it, and 3 may',
    });
  });

  test('that is cold waits while one sends and one is being made ready: nothing holds it before it sends', () => {
    const one = stepOf('one');
    if (one.action.kind !== 'move') throw new Error('it is a move');
    const cold = { ...one, action: { ...one.action, how: 'cold' as const } };
    const allowed = { ...options, mayStop: ['one', 'id-one'] };
    const judgedCold = (running: readonly RunningMove[]): unknown =>
      stepReadiness(cold, plan, state, running, allowed);
    expect(judgedCold([fromTo('id-a', 'id-x', 1)])).toEqual({ kind: 'ready' });
    expect(judgedCold([fromTo('id-a', 'id-x', 1), fromTo('id-a', 'id-x', 2)])).toMatchObject({
      because: expect.stringContaining('waits for port-a, out: 2 moves go through it'),
    });
  });

  test('waits for who is to leave its target first', () => {
    const tight = [
      sampleFleetHost('a'),
      sampleFleetHost('b', { memoryBytes: 16 * gib }),
      sampleFleetHost('c', { memoryBytes: 8 * gib }),
    ];
    const fleet = sampleFleet(tight, [
      sampleFleetGuest('big', 'a', { memoryBytes: 16 * gib }),
      sampleFleetGuest('other', 'b'),
    ]);
    const two = makePlan(fleet, { kind: 'drain', hostIds: ['id-a'] }, options);
    expect(stepReadiness(stepOf('big', two), two, fleet, [], options)).toEqual({
      kind: 'waits',
      because: 'b: 8 GiB free and 16 GiB needed; big waits for other to leave',
    });
  });
});

test('a host enters maintenance once', () => {
  const [step] = plan.steps;
  if (step === undefined) throw new Error('the plan has no step');
  expect(judged(state, [], step)).toEqual({ kind: 'ready' });
  const inside = sampleFleet(
    hosts.map((host) => ({ ...host, admission: 'maintenance' as const })),
    guests,
  );
  expect(judged(inside, [], step)).toEqual({ kind: 'done', because: 'a is in maintenance' });
});

test('a host is upgraded only when nothing runs on it', () => {
  const step: PlanStep = { ...stepOf('one'), action: { kind: 'upgrade-host', hostId: 'id-a' } };
  expect(judged(state, [], step)).toEqual({ kind: 'stale', because: 'one, two run on a' });
  expect(judged(sampleFleet(hosts, []), [], step)).toEqual({ kind: 'ready' });
});
