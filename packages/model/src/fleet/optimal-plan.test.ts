import fc from 'fast-check';
import highsModule from 'highs';
import { expect, test } from 'vitest';
import { movesIn } from './check-plan.test-support.ts';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import type { FleetState } from './fleet-state.ts';
import { optimum, type MoveTimes } from './optimal-plan.test-support.ts';
import {
  gib,
  sampleFleet,
  sampleFleetGroup,
  sampleFleetGuest,
  sampleFleetHost,
  tenGbit,
} from './sample-fleet.test-support.ts';

/** Drains of one of a few hosts that are rather full, with guests of one size to eight of them. */
const anyDrain: fc.Arbitrary<FleetState> = fc
  .record({
    sizes: fc.array(fc.constantFrom(24, 32, 48), { minLength: 3, maxLength: 6 }),
    guests: fc.array(
      fc.record({
        host: fc.nat(5),
        memory: fc.constantFrom(2, 4, 4, 8, 8, 12, 16),
        spread: fc.constantFrom(false, false, true),
      }),
      { minLength: 6, maxLength: 18, size: 'max' },
    ),
  })
  .map(({ sizes, guests }) => {
    const hosts = sizes.map((size, number) =>
      sampleFleetHost(`h${number}`, { memoryBytes: size * gib, cpus: 64 }),
    );
    const used = sizes.map(() => 0);
    const spreadOn = new Set<number>();
    const members = guests.flatMap(({ host, memory, spread }, number) => {
      const at = host % sizes.length;
      // The fleet is within its limits at first: a guest that has no room is not there.
      if ((used[at] ?? 0) + memory > (sizes[at] ?? 0)) return [];
      used[at] = (used[at] ?? 0) + memory;
      const isSpread = spread && !spreadOn.has(at);
      if (isSpread) spreadOn.add(at);
      return [{ isSpread, guest: sampleFleetGuest(`g${number}`, `h${at}`, { memoryBytes: memory * gib }) }];
    });
    const its = members.filter(({ isSpread }) => isSpread).map(({ guest }) => guest);
    return sampleFleet(
      hosts,
      members.map(({ guest }) => guest),
      its.length > 1 ? [sampleFleetGroup('spread', 'anti-affinity', its)] : [],
    );
  });

const times: MoveTimes = {
  sendMs: ({ memoryBytes }) => (memoryBytes / tenGbit) * 1000,
  aroundMs: 2050,
  perHost: options.limits.perSource,
};

// Its types are those of its CommonJS build; what is loaded here is the other one, whose default is the function itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

const runs = Number(process.env.FERRY_RUNS ?? 60);

test('small drains leave no more guests, make no more moves and take no longer than a tenth above the exact optimum', async () => {
  const highs = await loadHighs();
  const found = { more: 0, moves: [] as number[], makespan: [] as number[] };
  for (const state of fc.sample(anyDrain, { numRuns: runs, seed: 7 })) {
    const plan = makePlan(state, { kind: 'drain', hostIds: ['id-h0'] }, options);
    const best = optimum(highs, state, 'id-h0', times);
    const unplaced = plan.blockers.length;
    expect(unplaced).toBeGreaterThanOrEqual(best.unplaced);
    if (unplaced > best.unplaced) {
      found.more += 1;
      continue;
    }
    if (best.moves === 0) continue;
    found.moves.push(movesIn(plan).length / best.moves);
    found.makespan.push(plan.totalMs / best.makespanMs);
  }
  const told = {
    runs,
    leaveMore: found.more,
    moves: distribution(found.moves),
    makespan: distribution(found.makespan),
  };
  process.stdout.write(`against the exact optimum: ${JSON.stringify(told)}\n`);
  expect(found.more / runs).toBeLessThanOrEqual(0.1);
  for (const { mean, p90 } of [told.moves, told.makespan]) {
    expect(mean).toBeLessThanOrEqual(1.1);
    expect(p90).toBeLessThanOrEqual(1.1);
  }
});

function distribution(values: readonly number[]): {
  mean: number;
  p50: number;
  p90: number;
  p99: number;
  most: number;
} {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(3));
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  return { mean: Number(mean.toFixed(3)), p50: at(0.5), p90: at(0.9), p99: at(0.99), most: at(1) };
}
