import fc from 'fast-check';
import { expect } from 'vitest';
import { anySchedule } from './any-schedule.test-support.ts';
import { type Conditions, runSchedule } from './run-schedule.test-support.ts';
import type { Schedule } from './schedule.test-support.ts';

const { FERRY_SEED, FERRY_RUNS, FERRY_PATH } = process.env;

/**
 * Runs as many random schedules as `FERRY_RUNS` says, else the usual number, from the seed `FERRY_SEED`. The first that
 * breaks an invariant is made as small as it can be, and fails the test with all that it takes to see it again. Gives the
 * ends of all moves that it saw.
 */
export async function holdSchedules(
  defaultRuns: number,
  conditions: Conditions = {},
  any: fc.Arbitrary<Schedule> = anySchedule,
): Promise<ReadonlySet<string>> {
  const seed = Number(FERRY_SEED ?? Date.now() % 2 ** 31);
  const numRuns = Number(FERRY_RUNS ?? defaultRuns);
  const ends = new Set<string>();
  const property = fc.asyncProperty(any, async (schedule) => {
    const run = await runSchedule(schedule, conditions);
    for (const end of run.ends) ends.add(end);
    if (run.broken.length > 0) throw new Error([...run.broken, 'after:', ...run.script].join('\n'));
  });
  const found = await fc.check(property, { seed, numRuns, ...(FERRY_PATH && { path: FERRY_PATH }) });
  const path = `FERRY_SEED=${seed} FERRY_RUNS=${numRuns} FERRY_PATH=${found.counterexamplePath}`;
  // PostgreSQL puts what meets into an order of its own: there, another run may go another way.
  const replay = `${path} make schedules${conditions.postgres === undefined ? '' : ' SCHEDULES_ON=postgres'}`;
  console.log(`${found.numRuns} schedules; seed ${seed}`);
  const why = found.errorInstance instanceof Error ? found.errorInstance.message : 'not told';
  const smallest = JSON.stringify(found.counterexample?.[0], null, 1);
  expect(found.failed, `${why}\nthe smallest schedule that shows it: ${smallest}\nonce more: ${replay}`).toBe(
    false,
  );
  return ends;
}
