import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { anySchedule } from './any-schedule.test-support.ts';
import { runSchedule } from './run-schedule.test-support.ts';

vi.mock('node:timers/promises', async () => (await import('./virtual-time.test-support.ts')).timersPromises);

const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['FERRY_RUNS'] ?? 600);
const path = process.env['FERRY_PATH'];

test('whatever fails when, no guest runs twice or is lost, and all comes to its end', async () => {
  const ends = new Map<string, number>();
  const count = (what: string): void => void ends.set(what, (ends.get(what) ?? 0) + 1);
  console.log(`schedules: FERRY_SEED=${seed} FERRY_RUNS=${numRuns}`);
  await fc.assert(
    fc.asyncProperty(anySchedule, async (schedule) => {
      const run = await runSchedule(schedule);
      run.ends.forEach(count);
      if (run.broken.length > 0) throw new Error([...run.broken, 'after:', ...run.script].join('\n'));
    }),
    { seed, numRuns, ...(path !== undefined && { path }), endOnFailure: false },
  );
  console.log(Object.fromEntries(ends));
  expect(ends.size).toBeGreaterThan(4);
}, 3_600_000);
