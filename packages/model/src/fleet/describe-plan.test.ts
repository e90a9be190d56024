import { expect, test } from 'vitest';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import { describePlan } from './describe-plan.ts';
import { sampleFleet, sampleFleetGuest, sampleFleetHost } from './sample-fleet.test-support.ts';

const named = (list: readonly string[]): ReadonlyMap<string, string> =>
  new Map(list.map((name) => [`id-${name}`, name]));

test('a plan is told in plain lines, by names', () => {
  const hosts = [sampleFleetHost('a'), sampleFleetHost('b')];
  const pinned = sampleFleetGuest('gpu', 'a', { move: { kind: 'stays', because: 'device 0000:3b:00.0' } });
  const plan = makePlan(
    sampleFleet(hosts, [sampleFleetGuest('one', 'a'), pinned]),
    { kind: 'drain', hostIds: ['id-a'] },
    options,
  );
  expect(describePlan(plan, { hosts: named(['a', 'b']), guests: named(['one', 'gpu']) })).toEqual([
    'Drain a: 1 move, 8 GiB, 9.4 s',
    'No order of these moves takes less than 9.4 s: port-a, out, carries 1 move (1.00 times that)',
    '1. 0 s–0 s a enters maintenance: it is to be empty',
    '2. 0 s–9.4 s move one a → b (8 GiB, about 50 ms of pause) after 1: a is to be empty',
    'Blocker: gpu runs and cannot leave its host: device 0000:3b:00.0. What would clear it: let gpu be shut down while the host is away, by its name',
  ]);
});
