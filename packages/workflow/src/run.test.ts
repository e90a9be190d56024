import { describe, expect, test } from 'vitest';
import { NeedsPerson, NothingMoved } from './errors.ts';
import type { LogRecord } from './log.ts';
import { backOff } from './perform.ts';
import { recover, resume, run, type RunOptions } from './run.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { MemoryLog } from './testing/memory-log.ts';
import { freshShelves, transferWorkflow } from './testing/transfer-workflow.ts';
import { workflow, type Workflow } from './workflow.ts';

const usual = (): RunOptions & { clock: ManualClock } => ({
  clock: new ManualClock(),
  retry: backOff({ firstMs: 100, longestMs: 300, attempts: 4 }),
});

/** What a test lets its three steps do; all of it is replaced at will. */
interface Script {
  before: () => Promise<unknown>;
  undoBefore: () => Promise<void>;
  pivot: (recovered: boolean) => Promise<unknown>;
  after: (attempt: number) => Promise<unknown>;
}

function scripted(): {
  workflow: Workflow<string, Script, Readonly<Record<string, unknown>>>;
  script: Script;
} {
  const script: Script = {
    before: () => Promise.resolve('b'),
    undoBefore: () => Promise.resolve(),
    pivot: () => Promise.resolve('p'),
    after: () => Promise.resolve('a'),
  };
  const built = workflow<string, Script>('scripted')
    .step({
      name: 'before',
      deadlineMs: 10,
      do: (c) => c.services.before(),
      undo: (c) => c.services.undoBefore(),
    })
    .pivot({ name: 'pivot', deadlineMs: 10, do: (c) => c.services.pivot(c.recovered) })
    .step({ name: 'after', deadlineMs: 10, do: (c) => c.services.after(c.attempt) })
    .build();
  return { workflow: built, script };
}

async function kinds(log: MemoryLog): Promise<readonly string[]> {
  const records = await log.read('op');
  return records.map(({ entry }) => ('step' in entry ? `${entry.kind} ${entry.step}` : entry.kind));
}

describe('forward', () => {
  test('gives each step the outputs before it, and returns them all', async () => {
    const result = await run(
      transferWorkflow(),
      'op',
      { parcel: 'book' },
      freshShelves(),
      new MemoryLog(),
      usual(),
    );
    expect(result).toEqual({
      kind: 'done',
      output: {
        inspect: { from: 'left' },
        reserve: { slot: 'book' },
        prepare: { shelf: 'book from left' },
        weigh: { grams: 500 },
        transfer: { movedTo: 'right' },
        label: {},
      },
    });
  });

  test('publishes each record once it is written, and does not mind an observer that fails', async () => {
    const seen: LogRecord[] = [];
    const log = new MemoryLog();
    const onRecord = (record: LogRecord): void => {
      seen.push(record);
      throw new Error('nobody listens');
    };
    const { workflow: built, script } = scripted();
    await run(built, 'op', 'in', script, log, { ...usual(), onRecord });
    expect(seen).toEqual(await log.read('op'));
    expect(seen).toHaveLength(8);
  });

  test('a second run of a finished operation does nothing and says the same', async () => {
    const log = new MemoryLog();
    const { workflow: built, script } = scripted();
    const first = await run(built, 'op', 'in', script, log, usual());
    script.before = () => Promise.reject(new Error('must not run'));
    expect(await run(built, 'op', 'in', script, log, usual())).toEqual(first);
  });

  test('an output that JSON would change is a failure of the step', async () => {
    const { workflow: built, script } = scripted();
    script.before = () => Promise.resolve({ when: new Date(0) });
    const result = await run(built, 'op', 'in', script, new MemoryLog(), usual());
    expect(result).toMatchObject({ kind: 'undone', step: 'before', failure: { code: 'output-not-plain' } });
  });
});

describe('the pivot', () => {
  test('that saw nothing move is undone', async () => {
    const shelves = freshShelves();
    const result = await run(
      transferWorkflow(),
      'op',
      { parcel: 'nailed down' },
      shelves,
      new MemoryLog(),
      usual(),
    );
    expect(result).toMatchObject({ kind: 'undone', step: 'transfer', failure: { code: 'stuck' } });
    expect(shelves).toEqual(freshShelves());
  });

  test('that fails in any other way proves nothing: it looks again, and nothing is undone', async () => {
    const log = new MemoryLog();
    const { workflow: built, script } = scripted();
    script.pivot = (recovered) =>
      recovered ? Promise.resolve('moved') : Promise.reject(new Error('reply lost'));
    const result = await run(built, 'op', 'in', script, log, usual());
    expect(result).toMatchObject({ kind: 'done', output: { pivot: 'moved' } });
    expect(await kinds(log)).not.toContain('undo-started before');
  });

  test('that needs a person halts with nothing undone, and goes on when resumed', async () => {
    const log = new MemoryLog();
    const { workflow: built, script } = scripted();
    script.pivot = () => Promise.reject(new NeedsPerson('both sides run', 'pause the source'));
    const blocked = await run(built, 'op', 'in', script, log, usual());
    expect(blocked).toMatchObject({
      kind: 'blocked',
      step: 'pivot',
      failure: { code: 'needs-person', detail: { remedy: 'pause the source' } },
    });
    script.pivot = () => Promise.reject(new NothingMoved('stayed', 'somebody looked: it stayed'));
    expect(await recover(built, 'op', script, log, usual())).toEqual(blocked);
    expect(await resume(built, 'op', script, log, usual())).toMatchObject({ kind: 'undone', step: 'pivot' });
  });
});

describe('after the pivot', () => {
  test('a failing step is tried again with back-off, then blocks, and never undoes', async () => {
    const log = new MemoryLog();
    const { workflow: built, script } = scripted();
    const options = usual();
    script.after = () => Promise.reject(new Error('target is busy'));
    const result = await run(built, 'op', 'in', script, log, options);
    expect(result).toMatchObject({ kind: 'blocked', step: 'after', failure: { message: 'target is busy' } });
    expect(options.clock.slept).toEqual([100, 200, 300]);
    expect((await kinds(log)).some((kind) => kind.startsWith('undo'))).toBe(false);

    script.after = (attempt) => Promise.resolve(attempt);
    const resumed = await resume(built, 'op', script, log, usual());
    expect(resumed).toMatchObject({ kind: 'done', output: { after: 5 } });
  });
});

describe('an undo that fails', () => {
  test('is tried again, then halts, and is resumed exactly there', async () => {
    const log = new MemoryLog();
    const { workflow: built, script } = scripted();
    script.pivot = () => Promise.reject(new NothingMoved('no-room', 'no room'));
    script.undoBefore = () => Promise.reject(new Error('busy'));
    const halted = await run(built, 'op', 'in', script, log, usual());
    expect(halted).toMatchObject({
      kind: 'undo-blocked',
      step: 'before',
      failure: { message: 'busy' },
      because: { code: 'no-room' },
    });
    script.undoBefore = () => Promise.resolve();
    const length = (await log.read('op')).length;
    expect(await resume(built, 'op', script, log, usual())).toMatchObject({ kind: 'undone' });
    expect((await kinds(log)).slice(length)).toEqual([
      'operation-resumed',
      'undo-started before',
      'undo-finished before',
      'operation-finished',
    ]);
  });
});

const heedful = (context: { signal: AbortSignal }): Promise<never> =>
  new Promise((_, reject) => {
    context.signal.addEventListener('abort', () => reject(new Error('told to stop')), { once: true });
  });

function waiting(
  wait: (context: { signal: AbortSignal }) => Promise<unknown>,
): Workflow<string, null, object> {
  return workflow<string, null>('waiting')
    .step({ name: 'wait', deadlineMs: 10, do: (context) => wait(context), undo: () => Promise.resolve() })
    .pivot({ name: 'pivot', deadlineMs: 10, do: () => Promise.resolve(1) })
    .build();
}

describe('deadlines and stopping', () => {
  test('a step that heeds its deadline fails with it and keeps the cause', async () => {
    const options = usual();
    const going = run(
      waiting((context) => {
        queueMicrotask(() => options.clock.passDeadlines());
        return heedful(context);
      }),
      'op',
      'in',
      null,
      new MemoryLog(),
      options,
    );
    expect(await going).toMatchObject({
      kind: 'undone',
      failure: { code: 'deadline-passed', cause: { message: 'told to stop' } },
    });
  });

  test('nothing is undone beside a step that does not stop', async () => {
    const options = usual();
    const log = new MemoryLog();
    const going = run(
      waiting(() => {
        queueMicrotask(() => {
          options.clock.passDeadlines();
          options.clock.passDeadlines();
        });
        return new Promise(() => {});
      }),
      'op',
      'in',
      null,
      log,
      options,
    );
    expect(await going).toMatchObject({ kind: 'blocked', failure: { code: 'step-did-not-stop' } });
    expect(await kinds(log)).not.toContain('undo-started wait');
  });

  test('stopping the process writes nothing, and recovery runs the step again', async () => {
    const log = new MemoryLog();
    const stop = new AbortController();
    const seen: boolean[] = [];
    const built = workflow<string, null>('waiting')
      .step({
        name: 'wait',
        deadlineMs: 10,
        do: async (context) => {
          seen.push(context.recovered);
          if (context.recovered) return 'looked';
          queueMicrotask(() => stop.abort());
          return await heedful(context);
        },
      })
      .pivot({ name: 'pivot', deadlineMs: 10, do: () => Promise.resolve(1) })
      .build();
    expect(await run(built, 'op', 'in', null, log, { ...usual(), signal: stop.signal })).toEqual({
      kind: 'stopped',
    });
    expect(await kinds(log)).toEqual(['operation-started', 'step-started wait']);
    expect(await log.unfinished()).toEqual([{ operationId: 'op', workflow: 'waiting' }]);
    expect(await recover(built, 'op', null, log, usual())).toMatchObject({
      kind: 'done',
      output: { wait: 'looked' },
    });
    expect(seen).toEqual([false, true]);
    expect(await log.unfinished()).toEqual([]);
  });
});

const added = { since: '2', safeWithout: 'it is a test' };
const nothing = (): Promise<void> => Promise.resolve();

/** As `scripted`, with a step more on each side of the pivot. */
function extended(): Workflow<string, Script, Readonly<Record<string, unknown>>> {
  return workflow<string, Script>('scripted')
    .addedStep({ name: 'look', added, deadlineMs: 10, do: () => Promise.resolve('l'), undo: nothing })
    .step({
      name: 'before',
      deadlineMs: 10,
      do: (c) => c.services.before(),
      undo: (c) => c.services.undoBefore(),
    })
    .addedStep({ name: 'prepare', added, deadlineMs: 10, do: () => Promise.resolve('p'), undo: nothing })
    .pivot({ name: 'pivot', deadlineMs: 10, do: (c) => c.services.pivot(c.recovered) })
    .step({ name: 'after', deadlineMs: 10, do: (c) => c.services.after(c.attempt) })
    .addedStep({ name: 'tell', added, deadlineMs: 10, do: () => Promise.resolve('t') })
    .build();
}

/** Begun by the former one, which stopped in its first step. */
async function begun(): Promise<{ log: MemoryLog; script: Script }> {
  const log = new MemoryLog();
  const { workflow: former, script } = scripted();
  const { before } = script;
  const stop = new AbortController();
  script.before = () => {
    stop.abort();
    return Promise.reject(new Error('stopped'));
  };
  await run(former, 'op', 'in', script, log, { ...usual(), signal: stop.signal });
  script.before = before;
  return { log, script };
}

describe('an operation that a former version began', () => {
  test('goes on with the steps it was begun with', async () => {
    const { log, script } = await begun();
    const result = await recover(extended(), 'op', script, log, usual());
    expect(result).toEqual({ kind: 'done', output: { before: 'b', pivot: 'p', after: 'a' } });
  });

  test('takes back those that it went through, and no others', async () => {
    const { log, script } = await begun();
    script.pivot = () => Promise.reject(new NothingMoved('stays', 'it stays'));
    expect(await recover(extended(), 'op', script, log, usual())).toMatchObject({ kind: 'undone' });
    expect((await kinds(log)).filter((kind) => kind.startsWith('undo-'))).toEqual([
      'undo-started before',
      'undo-finished before',
    ]);
  });

  test('has all steps when it was begun by this one', async () => {
    const { script } = await begun();
    const result = await run(extended(), 'op', 'in', script, new MemoryLog(), usual());
    expect(result).toMatchObject({ output: { look: 'l', prepare: 'p', tell: 't' } });
  });
});

describe('an urgent undo', () => {
  const undone: string[] = [];
  const undo = (name: string) => (): Promise<void> => {
    undone.push(name);
    return name === 'waits' && undone.filter((one) => one === name).length < 3
      ? Promise.reject(new Error('it is silent'))
      : Promise.resolve();
  };
  const step = <const Name extends string>(name: Name) => ({
    name,
    deadlineMs: 10,
    do: () => Promise.resolve(name),
    undo: undo(name),
  });
  const moves = workflow<string, null>('urgent')
    .step(step('first'))
    .step({ ...step('off'), urgentUndo: true })
    .step({ ...step('held'), urgentUndo: true })
    .step(step('waits'))
    .pivot({ name: 'pivot', deadlineMs: 10, do: () => Promise.reject(new NothingMoved('stays', 'it stays')) })
    .build();

  test('comes before each later one, the last first, and once more in its turn', async () => {
    undone.length = 0;
    const log = new MemoryLog();
    expect(await run(moves, 'op', 'in', null, log, usual())).toMatchObject({ kind: 'undone' });
    const again = ['held', 'off', 'waits'];
    expect(undone).toEqual([...again, ...again, ...again, 'held', 'off', 'first']);
    expect((await kinds(log)).filter((kind) => kind.startsWith('undo-finished'))).toEqual([
      'undo-finished waits',
      'undo-finished held',
      'undo-finished off',
      'undo-finished first',
    ]);
  });

  test('is done although a later one waits for a person', async () => {
    undone.length = 0;
    const once = { ...usual(), retry: backOff({ firstMs: 1, longestMs: 1, attempts: 1 }) };
    const result = await run(moves, 'op', 'in', null, new MemoryLog(), once);
    expect(result).toMatchObject({ kind: 'undo-blocked', step: 'waits' });
    expect(undone).toEqual(['held', 'off', 'waits']);
  });
});

describe('logs that are not understood', () => {
  test('of another workflow block, and are left as they are', async () => {
    const log = new MemoryLog();
    const { workflow: built, script } = scripted();
    script.after = () => Promise.reject(new NeedsPerson('?', '?'));
    await run(built, 'op', 'in', script, log, usual());
    const before = await log.read('op');
    const result = await resume(transferWorkflow(), 'op', freshShelves(), log, usual());
    expect(result).toMatchObject({ kind: 'blocked', step: null, failure: { code: 'workflow-changed' } });
    expect(await log.read('op')).toEqual(before);
  });

  test('that cannot have happened block', async () => {
    const log = new MemoryLog();
    await log.append({
      operationId: 'op',
      sequence: 1,
      at: '',
      entry: { kind: 'undo-finished', step: 'before' },
    });
    const { workflow: built, script } = scripted();
    expect(await recover(built, 'op', script, log, usual())).toMatchObject({
      kind: 'blocked',
      failure: { code: 'illegal-record' },
    });
  });

  test('that are empty block', async () => {
    const { workflow: built, script } = scripted();
    expect(await recover(built, 'op', script, new MemoryLog(), usual())).toMatchObject({
      kind: 'blocked',
      failure: { code: 'operation-unknown' },
    });
  });

  test('a log that cannot be written stops the runner before it acts', async () => {
    const { workflow: built, script } = scripted();
    let acted = false;
    script.before = () => Promise.resolve((acted = true));
    const log = new MemoryLog();
    log.append = () => Promise.reject(new Error('disk full'));
    await expect(run(built, 'op', 'in', script, log, usual())).rejects.toMatchObject({
      code: 'log-unavailable',
    });
    expect(acted).toBe(false);
  });
});
