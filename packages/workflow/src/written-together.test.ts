import { expect, test } from 'vitest';
import type { LogRecord, LogStore } from './log.ts';
import { recover, run } from './run.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { MemoryLog } from './testing/memory-log.ts';
import { workflow } from './workflow.ts';

/** A log that takes several records at once, and tells of each durable write. */
class CountingLog extends MemoryLog implements LogStore {
  readonly writes: string[] = [];

  override async append(record: LogRecord): Promise<void> {
    await this.appendAll([record]);
  }

  async appendAll(records: readonly LogRecord[]): Promise<void> {
    this.writes.push(
      records.map(({ entry }) => ('step' in entry ? `${entry.kind} ${entry.step}` : entry.kind)).join(' + '),
    );
    for (const record of records) await super.append(record);
  }
}

type Called = (step: string, recovered: boolean) => void;

const fourSteps = workflow<null, Called>('four-steps')
  .step({
    name: 'one',
    deadlineMs: 10,
    do: async (c) => c.services('one', c.recovered),
    undo: async () => {},
  })
  .step({
    name: 'two',
    deadlineMs: 10,
    do: async (c) => c.services('two', c.recovered),
    undo: async () => {},
  })
  .pivot({ name: 'pivot', deadlineMs: 10, do: async (c) => c.services('pivot', c.recovered) })
  .step({ name: 'after', deadlineMs: 10, do: async (c) => c.services('after', c.recovered) })
  .build();

test('the end of a step and the start of the next are one durable write, but before the pivot', async () => {
  const log = new CountingLog();
  const result = await run(fourSteps, 'op', null, () => undefined, log, { clock: new ManualClock() });
  expect(result.kind).toBe('done');
  expect(log.writes).toEqual([
    'operation-started',
    'step-started one',
    'step-succeeded one + step-started two',
    'step-succeeded two',
    'step-started pivot',
    'step-succeeded pivot + step-started after',
    'step-succeeded after + operation-finished',
  ]);
});

test('a write of two that fails has written neither: the step runs again, and the next has not begun', async () => {
  const log = new CountingLog();
  const seen: string[] = [];
  const call: Called = (step, recovered) => seen.push(`${step}${recovered ? ' again' : ''}`);
  const whole = log.appendAll.bind(log);
  log.appendAll = (records) =>
    records.length > 1 ? Promise.reject(new Error('the disk is full')) : whole(records);
  await expect(run(fourSteps, 'op', null, call, log, { clock: new ManualClock() })).rejects.toMatchObject({
    code: 'log-unavailable',
  });
  log.appendAll = whole;
  await recover(fourSteps, 'op', call, log, { clock: new ManualClock() });
  expect(seen).toEqual(['one', 'one again', 'two', 'pivot', 'after']);
});

test('a step that ends while the process is to stop starts no other', async () => {
  const log = new CountingLog();
  const stop = new AbortController();
  const seen: string[] = [];
  const call: Called = (step, recovered) => {
    seen.push(`${step}${recovered ? ' again' : ''}`);
    if (step === 'one') stop.abort();
  };
  const options = { clock: new ManualClock() };
  expect(await run(fourSteps, 'op', null, call, log, { ...options, signal: stop.signal })).toEqual({
    kind: 'stopped',
  });
  expect(log.writes.at(-1)).toBe('step-succeeded one');
  await recover(fourSteps, 'op', call, log, options);
  expect(seen).toEqual(['one', 'two', 'pivot', 'after']);
});
