import { describe, expect, test } from 'vitest';
import { NothingMoved } from './errors.ts';
import type { Plain } from './plain.ts';
import { recover, run } from './run.ts';
import { CrashingLog } from './testing/crashing-log.ts';
import { MemoryLog } from './testing/memory-log.ts';
import { workflow, type Workflow } from './workflow.ts';

type Move = Workflow<null, string[], object>;

/** A move as a former version had it, whose first step gave a bare number. It fails at its pivot where that is asked. */
function former(fails: boolean): Move {
  return workflow<null, string[]>('move')
    .step({
      name: 'look',
      deadlineMs: 1000,
      do: () => Promise.resolve(3),
      undo: ({ services, own }) => {
        services.push(`undo ${own}`);
        return Promise.resolve();
      },
    })
    .pivot({ name: 'send', deadlineMs: 1000, do: () => pivot(fails) })
    .step({
      name: 'tidy',
      deadlineMs: 1000,
      do: ({ services, output }) => {
        services.push(`found ${output.look}`);
        return Promise.resolve();
      },
    })
    .build();
}

/** The same move today. */
function today(fails: boolean): Move {
  return workflow<null, string[]>('move')
    .step({
      name: 'inspect',
      formerNames: ['look', 'peer'],
      readOutput: (stored: Plain) => (typeof stored === 'number' ? { found: stored } : stored),
      deadlineMs: 1000,
      do: () => Promise.resolve({ found: 3 }),
      undo: ({ services, own }) => {
        services.push(`undo ${own?.found}`);
        return Promise.resolve();
      },
    })
    .pivot({ name: 'send', deadlineMs: 1000, do: () => pivot(fails) })
    .step({
      name: 'clean-up',
      formerNames: ['tidy'],
      deadlineMs: 1000,
      do: ({ services, output }) => {
        services.push(`found ${output.inspect.found}`);
        return Promise.resolve();
      },
    })
    .build();
}

function pivot(fails: boolean): Promise<void> {
  return fails ? Promise.reject(new NothingMoved('refused', 'the target said no')) : Promise.resolve();
}

describe.each([
  { how: 'done', fails: false, did: ['found 3'], begins: 'operation-started look look send send tidy tidy' },
  { how: 'undone', fails: true, did: ['undo 3'], begins: 'operation-started look look send send look look' },
])('a move that a former version began, and that ends $how', ({ how, fails, did, begins }) => {
  test.each([1, 2, 3, 4, 5, 6, 7])('stopped after its record %i', async (length) => {
    const log = new MemoryLog();
    const crashing = new CrashingLog(log, { moment: 'after', at: ({ sequence }) => sequence === length });
    const done: string[] = [];
    await expect(run(former(fails), 'op', null, done, crashing)).rejects.toThrow('writing');
    const written = await log.read('op');
    const stepsOf = written.map(({ entry }) => ('step' in entry ? entry.step : entry.kind));
    expect(stepsOf).toEqual(begins.split(' ').slice(0, length));

    const result = await recover(today(fails), 'op', done, log);
    expect(result.kind).toBe(how);
    // What crashed in the middle may be done twice, and is found done by whoever looks first.
    expect([...new Set(done)]).toEqual(did);
    expect((await log.read('op')).slice(0, length)).toEqual(written);
    expect(await recover(today(fails), 'op', done, log)).toEqual(result);
  });
});

test('no two steps have a name in common, be it a former one', () => {
  const step = { deadlineMs: 1, do: () => Promise.resolve() };
  const begun = workflow<null, null>('bad').step({ ...step, name: 'look', formerNames: ['peer'] });
  expect(() => begun.step({ ...step, name: 'peer' })).toThrow('there twice');
  expect(() => begun.step({ ...step, name: 'see', formerNames: ['look'] })).toThrow('there twice');
});
