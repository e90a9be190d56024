import { deepStrictEqual, fail, notDeepStrictEqual, ok } from 'node:assert/strict';
import type { RunResult } from '../advance.ts';
import type { LogRecord, LogStore } from '../log.ts';
import { recover, run, type RunOptions } from '../run.ts';
import type { AnyStep, Outputs, PlannedStep, UndoContext, Workflow } from '../workflow.ts';
import { CrashingLog, type CrashPoint } from './crashing-log.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';

/** The surroundings of one test case: made anew for each, and alike each time. */
export interface TortureWorld<Input, Services> {
  readonly input: Input;
  /** Read again for each "process": a getter can build fresh services on the same world. */
  readonly services: Services;
  /** All that the workflow may change, as comparable data without times or made-up ids. */
  snapshot(): unknown;
  /**
   * All that a process finds which starts anew, hosts and store, as comparable data in which two worlds that are alike
   * look alike: without times and made-up ids, and without what is written and never read. Two crashes that leave the
   * same state and the same log are one. Without it, none are taken for one.
   */
  state?(): unknown;
  close?(): Promise<void> | void;
}

/** What the generic tests need to know of a workflow. */
export interface TortureSpec<Input, Services, Output extends Outputs> {
  readonly workflow: Workflow<Input, Services, Output>;
  makeWorld(): TortureWorld<Input, Services> | Promise<TortureWorld<Input, Services>>;
  /** More to be true of a world in which the operation was undone; throws when it is not. */
  assertClean?(world: TortureWorld<Input, Services>): Promise<void> | void;
}

/** One case, for `test.each(cases)('$name', ({ run }) => run())`. */
export interface TortureCase {
  readonly name: string;
  readonly run: () => Promise<void>;
  /** Of one in which the process stops, and the same workflow goes on. */
  readonly crash?: Crash;
}

/** Where the process stops, in which run. */
export interface Crash {
  /** Name of what goes wrong in it, beside the crash. */
  readonly run: string;
  /** The step that fails, each time it is tried. */
  readonly breaks: PlannedStep | null;
  readonly point: () => CrashPoint;
  /** The same run without the crash, seen at each of its records. */
  readonly watch: () => Promise<readonly Moment[]>;
}

/** A record as it is about to be written. */
export interface Moment {
  readonly record: LogRecord;
  readonly before: readonly LogRecord[];
  /** What the world told of its state then, as text. */
  readonly world: string;
}

/** What a case does around the calls of a step. */
export type Around = (
  step: AnyStep,
  call: () => Promise<unknown>,
  context: UndoContext<unknown, unknown, Outputs, unknown> | Parameters<AnyStep['do']>[0],
) => Promise<unknown>;

/** The injected failure. */
export class Injected extends Error {
  override readonly name = 'Injected';
  readonly code = 'injected';
}

const direct: Around = (_step, call) => call();

/** The same workflow with something put around its steps; its plan, and so its log, stays the same. */
export function wrap<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  around: { readonly do?: Around; readonly undo?: Around },
): Workflow<Input, Services, Output> {
  const aroundDo = around.do ?? direct;
  const aroundUndo = around.undo ?? direct;
  const steps = workflow.steps.map((step): AnyStep => {
    const wrapped = {
      ...step,
      do: (context: Parameters<AnyStep['do']>[0]) => aroundDo(step, () => step.do(context), context),
    };
    const undo = step.undo?.bind(step);
    if (undo === undefined) return wrapped;
    return {
      ...wrapped,
      undo: async (context) => {
        await aroundUndo(step, () => undo(context), context);
      },
    };
  });
  return { ...workflow, steps };
}

/** A world with a log, in which a workflow is run once and crashes are recovered from. */
export class Trial<Input, Services, Output extends Outputs> {
  readonly world: TortureWorld<Input, Services>;
  readonly start: unknown;
  readonly #spec: TortureSpec<Input, Services, Output>;
  readonly #log: LogStore = new MemoryLog();

  private constructor(spec: TortureSpec<Input, Services, Output>, world: TortureWorld<Input, Services>) {
    this.#spec = spec;
    this.world = world;
    this.start = copy(world.snapshot());
  }

  /** Makes a world, lets `use` work in it and closes it. */
  static async in<Input, Services, Output extends Outputs>(
    spec: TortureSpec<Input, Services, Output>,
    use: (trial: Trial<Input, Services, Output>) => Promise<void>,
  ): Promise<void> {
    const trial = new Trial(spec, await spec.makeWorld());
    try {
      await use(trial);
    } finally {
      await trial.world.close?.();
    }
  }

  /** Runs to the end, with a crash and its recovery when a point is given; before the crash perhaps as it once was. */
  async finish(
    workflow: Workflow<Input, Services, Output>,
    point?: CrashPoint,
    begunAs: Workflow<Input, Services, Output> = workflow,
  ): Promise<RunResult<Output>> {
    const { input } = this.world;
    if (point === undefined)
      return await run(workflow, 'torture', input, this.world.services, this.#log, options());
    const crashing = new CrashingLog(this.#log, point);
    try {
      await run(begunAs, 'torture', input, this.world.services, crashing, options());
    } catch (error) {
      if (!crashing.crashed) throw error;
    }
    ok(crashing.crashed, 'the crash point was never reached');
    const written = await this.#log.read('torture');
    if (written.length === 0)
      return await run(workflow, 'torture', input, this.world.services, this.#log, options());
    return await recover(workflow, 'torture', this.world.services, this.#log, options());
  }

  /** The operation was undone and nothing of it is left. */
  async assertUndone(result: RunResult<Output>): Promise<void> {
    if (result.kind !== 'undone') fail(`ended as ${describe(result)} instead of undone`);
    deepStrictEqual(copy(this.world.snapshot()), this.start, 'the undo left something behind');
    await this.#spec.assertClean?.(this.world);
  }

  /** The operation came to the same end as without any trouble. */
  async assertDone(result: RunResult<Output>): Promise<void> {
    if (result.kind !== 'done') fail(`ended as ${describe(result)} instead of done`);
    const expected = await endOf(this.#spec);
    deepStrictEqual(
      copy(this.world.snapshot()),
      expected,
      'the world differs from that of an undisturbed run',
    );
  }
}

const ends = new WeakMap<object, Promise<unknown>>();

/** The end is the same each time; one look for a spec. */
function endOf<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
): Promise<unknown> {
  const end = ends.get(spec) ?? undisturbedEnd(spec);
  ends.set(spec, end);
  return end;
}

async function undisturbedEnd<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
): Promise<unknown> {
  let end: unknown;
  await Trial.in(spec, async (trial) => {
    const result = await trial.finish(spec.workflow);
    if (result.kind !== 'done') fail(`undisturbed, it ended as ${describe(result)}`);
    end = copy(trial.world.snapshot());
    notDeepStrictEqual(end, trial.start, 'the snapshot does not show what the workflow does');
  });
  return end;
}

/** Retries at once, a few times; deadlines pass by the world's own doing only. */
function options(): RunOptions {
  return { clock: new ManualClock(), retry: (failures) => (failures < 4 ? 0 : 'give-up') };
}

function describe(result: RunResult<Outputs>): string {
  if ('failure' in result) {
    const step = result.step ?? 'the log';
    return `${result.kind} at ${step} (${result.failure.code}: ${result.failure.message})`;
  }
  return result.kind;
}

/** A snapshot must not change with the world it was taken of. */
function copy(snapshot: unknown): unknown {
  return structuredClone(snapshot);
}
