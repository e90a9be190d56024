import type { Hypervisor } from '@ferry/hypervisor';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { anyDrain, anySchedule, atTheSwitchOver } from './any-schedule.test-support.ts';
import { badVariants } from './bad-variants.test-support.ts';
import { holdSchedules } from './hold-schedules.test-support.ts';
import { runSchedule } from './run-schedule.test-support.ts';
import type { Schedule } from './schedule.test-support.ts';

vi.mock('node:timers/promises', async () => (await import('./virtual-time.test-support.ts')).timersPromises);

/** The gate (`FERRY_GATE=1`) runs some of them, others each time; the many are for make test-all. */
const inGate = process.env['FERRY_GATE'] === '1';
const defaultRuns = inGate ? 80 : 1_000;
/** So many meet each end. */
const enough = 1_000;
const { FERRY_RUNS, FERRY_PATH } = process.env;
const ample = 3_600_000;
const everyEnd = [
  'cold-migration cancelled',
  'cold-migration confirmed',
  'cold-migration error',
  'live-migration cancelled',
  'live-migration completed',
  'live-migration failed',
];

test(
  'whatever fails when, no guest runs twice or is lost, and all comes to its end',
  async () => {
    const ends = await holdSchedules(defaultRuns);
    // They meet what they are for; few, or one that is seen again, need not.
    const wanted = FERRY_PATH === undefined && Number(FERRY_RUNS ?? defaultRuns) >= enough ? everyEnd : [];
    expect([...ends]).toEqual(expect.arrayContaining(wanted));
  },
  ample,
);

test('a plan that empties a host comes to its end whatever fails when, or says what it waits for, and forgets nobody', {
  tags: ['thorough'],
  timeout: ample,
}, async () => {
  const ends = await holdSchedules(60, {}, anyDrain);
  expect([...ends].every((end) => !end.includes('undefined'))).toBe(true);
});

test('the same schedule goes the same way each time', async () => {
  for (const schedule of fc.sample(anySchedule, { seed: 7, numRuns: 10 })) {
    const [first, again] = [await runSchedule(schedule), await runSchedule(schedule)];
    expect(withoutIds(again.script)).toEqual(withoutIds(first.script));
    expect(again.ends).toEqual(first.ends);
  }
});

test(
  'as chance had it once in some 24,000: the guest moves on while its former target, with a copy that waits, is silent',
  async () => {
    const move = {
      guest: 0,
      controller: 0,
      kind: 'live-migration',
      coordinated: false,
      abortAfterMs: null,
    } as const;
    const { broken, ends } = await runSchedule({
      controllers: 1,
      bytesPerStep: 8 * 1024 * 1024,
      guests: [{ directory: '/images', state: 'running', autostart: false }],
      moves: [
        { ...move, to: 1, atMs: 0 },
        { ...move, to: 2, atMs: 40_000 },
      ],
      strikes: [
        {
          when: { kind: 'method', method: 'migration.finish', nth: 0, side: 'after' },
          what: { kind: 'silence', host: 1, forMs: 45_000 },
        },
      ],
    });
    expect(broken).toEqual([]);
    expect(ends).toEqual(['live-migration failed', 'live-migration completed']);
  },
  ample,
);

for (const [name, distort] of Object.entries(badVariants)) {
  // That one is found out shows that schedules find such a thing.
  const tags = name === 'the target runs the guest with Finish' ? [] : ['thorough'];
  test(`a bad variant is found out: ${name}`, { tags, timeout: ample }, async () => {
    await expect(isFoundOut(distort)).resolves.toBeUndefined();
  });
}

async function isFoundOut(distort: (hypervisor: Hypervisor) => Hypervisor): Promise<void> {
  const twice = async (schedule: Schedule): Promise<boolean> => {
    const { broken } = await runSchedule(schedule, { distort });
    return broken.some((one) => one.endsWith('at the same time'));
  };
  const property = fc.asyncProperty(atTheSwitchOver, async (schedule) => !(await twice(schedule)));
  const found = await fc.check(property, { seed: 1, numRuns: 2_000 });
  expect(found.failed).toBe(true);
  const [smallest] = found.counterexample ?? [];
  if (smallest === undefined) throw new Error('a failure has a counterexample');
  const { broken, script } = await runSchedule(smallest, { distort });
  expect([...broken, ...script].join('\n')).toMatch(/at the same time\n(at|after) call \d+ compute12 /);
  expect(smallest.strikes.length).toBeLessThanOrEqual(2);
  expect((await runSchedule(smallest)).broken).toEqual([]);
}

/** Ids of migrations are others each time. */
function withoutIds(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'));
}
