import { NothingMoved } from '../errors.ts';
import type { LogRecord } from '../log.ts';
import type { AnyStep, Outputs, PlannedStep, Workflow } from '../workflow.ts';
import type { CrashPoint } from './crashing-log.ts';
import { type Crash, Injected, Trial, wrap, type TortureCase, type TortureSpec } from './torture.ts';
import { watchRun } from './watch-run.ts';

type Moment = 'before' | 'after';
const moments: readonly Moment[] = ['before', 'after'];

/**
 * A failure before and after the `do` of each step. Before the pivot the world must be again as it was; from the
 * pivot on the operation must come to its end. The first case is the undisturbed run.
 */
export function failEachStep<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
): readonly TortureCase[] {
  const cases = spec.workflow.plan.steps.flatMap((step) =>
    moments.map((moment): TortureCase => {
      const name = `"${step.name}" fails ${moment} it acts`;
      if (step.role === 'before')
        return undoneCase(spec, name, failing(spec.workflow, step, moment, 'always'));
      return doneCase(spec, `${name}, once`, failing(spec.workflow, step, moment, 'once'));
    }),
  );
  const pivot = pivotOf(spec.workflow);
  const stays = undoneCase(spec, `"${pivot.name}" finds that nothing moved`, nothingMoves(spec.workflow));
  return [doneCase(spec, 'nothing goes wrong', asItIs(spec.workflow)), ...cases, stays];
}

/**
 * Each `do` runs twice: the process stops after the effect, before it was written. The operation must come to the
 * same end; and, before the pivot, an undo must take away what two runs left.
 */
export function repeatEachStep<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
): readonly TortureCase[] {
  return spec.workflow.plan.steps.flatMap((step) => {
    const point = (): CrashPoint =>
      once('before', (entry) => entry.kind === 'step-succeeded' && entry.step === step.name);
    const name = `"${step.name}" runs twice`;
    const done = doneCase(spec, name, asItIs(spec.workflow), point);
    if (step.role !== 'before') return [done];
    return [done, undoneCase(spec, `${name} and is undone`, nothingMoves(spec.workflow), point)];
  });
}

/** Each undo runs twice: the process stops after its effect, before it was written; or it fails after its effect. */
export function repeatEachUndo<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
): readonly TortureCase[] {
  const undoable = spec.workflow.plan.steps.filter((step) => step.undoable);
  return undoable.flatMap((step) => {
    const point = (): CrashPoint =>
      once('before', (entry) => entry.kind === 'undo-finished' && entry.step === step.name);
    const stays = nothingMoves(spec.workflow);
    return [
      undoneCase(spec, `undo of "${step.name}" runs twice`, stays, point),
      undoneCase(spec, `undo of "${step.name}" fails after it acted, once`, undoFailsOnce(stays, step)),
    ];
  });
}

/**
 * The process stops before and after each single record: of a run that ends well, and of a run that fails at each
 * step that can be undone. It recovers from the log and must end as if it had never stopped.
 */
export function crashEverywhere<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
): readonly TortureCase[] {
  const { steps } = spec.workflow.plan;
  const ofSuccess = crashPoints(2 * steps.length + 2).map(({ name, point }) =>
    doneCase(spec, name, asItIs(spec.workflow), point),
  );
  const undoing = steps.filter((step) => step.role !== 'after');
  const ofUndo = undoing.flatMap((step, index) => {
    const undos = undoing.slice(0, index + 1).filter((earlier) => earlier.undoable).length;
    const failingRun =
      step.role === 'pivot' ? nothingMoves(spec.workflow) : failing(spec.workflow, step, 'after', 'always');
    return crashPoints(2 * index + 4 + 2 * undos).map(({ name, point }) =>
      undoneCase(spec, `"${step.name}" fails, ${name}`, failingRun, point),
    );
  });
  return [...ofSuccess, ...ofUndo];
}

/**
 * A former version, which lacks steps that were added since, begins and stops after each single record; this one goes on.
 * Both the run that ends well and the one that finds at the pivot that nothing moved must end as if nothing had changed.
 */
export function beginBeforeAdditions<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
): readonly TortureCase[] {
  const added = new Set(spec.workflow.steps.flatMap(({ added: addition }) => addition?.since ?? []));
  return [...added].flatMap((since) => {
    const former = withoutAdditions(spec.workflow, since);
    const { steps } = former.plan;
    const upToPivot = steps.filter((step) => step.role !== 'after');
    const undos = upToPivot.filter((step) => step.undoable).length;
    const stays = nothingMoves(spec.workflow);
    const begun = `begun before ${since}`;
    return [
      ...crashPoints(2 * steps.length + 2, ['after']).map(({ name, point }) =>
        doneCase(spec, `${begun}, ${name}`, asItIs(spec.workflow), point, former),
      ),
      ...crashPoints(2 * upToPivot.length + 2 + 2 * undos, ['after']).map(({ name, point }) =>
        undoneCase(spec, `${begun}, nothing moves, ${name}`, stays, point, nothingMoves(former).make()),
      ),
    ];
  });
}

/** As it was before that version: versions are in the order of their names. */
function withoutAdditions<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  since: string,
): Workflow<Input, Services, Output> {
  const steps = workflow.steps.filter(({ added }) => added === undefined || added.since < since);
  const names = new Set(steps.map(({ name }) => name));
  const planned = workflow.plan.steps.filter(({ name }) => names.has(name));
  return { ...workflow, steps, plan: { ...workflow.plan, steps: planned } };
}

function doneCase<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
  name: string,
  variant: Variant<Input, Services, Output>,
  point?: () => CrashPoint,
  begunAs?: Workflow<Input, Services, Output>,
): TortureCase {
  return {
    name: `${name}: comes to its end`,
    run: () =>
      Trial.in(
        spec,
        async (trial) => await trial.assertDone(await trial.finish(variant.make(), point?.(), begunAs)),
      ),
    ...(point !== undefined && begunAs === undefined ? { crash: crashOf(spec, variant, point) } : {}),
  };
}

function undoneCase<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
  name: string,
  variant: Variant<Input, Services, Output>,
  point?: () => CrashPoint,
  begunAs?: Workflow<Input, Services, Output>,
): TortureCase {
  return {
    name: `${name}: nothing is left`,
    run: () =>
      Trial.in(
        spec,
        async (trial) => await trial.assertUndone(await trial.finish(variant.make(), point?.(), begunAs)),
      ),
    ...(point !== undefined && begunAs === undefined ? { crash: crashOf(spec, variant, point) } : {}),
  };
}

function crashOf<Input, Services, Output extends Outputs>(
  spec: TortureSpec<Input, Services, Output>,
  variant: Variant<Input, Services, Output>,
  point: () => CrashPoint,
): Crash {
  return { run: variant.name, breaks: variant.breaks, point, watch: () => watchRun(spec, variant.make()) };
}

/** A workflow in which something goes wrong, made anew for each run: some count. */
interface Variant<Input, Services, Output extends Outputs> {
  readonly name: string;
  /** The step that fails, each time it is tried. */
  readonly breaks: PlannedStep | null;
  make(): Workflow<Input, Services, Output>;
}

function asItIs<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
): Variant<Input, Services, Output> {
  return { name: 'as it is', breaks: null, make: () => workflow };
}

function failing<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  failingStep: PlannedStep,
  moment: Moment,
  howOften: 'always' | 'once',
): Variant<Input, Services, Output> {
  const make = (): Workflow<Input, Services, Output> => {
    let failed = false;
    return wrap(workflow, {
      do: async (step, call) => {
        if (step.name !== failingStep.name || (failed && howOften === 'once')) return await call();
        failed = true;
        if (moment === 'after') await call();
        throw new Injected(`${moment} the do of "${step.name}"`);
      },
    });
  };
  return { name: `"${failingStep.name}" fails ${moment} it acts, ${howOften}`, breaks: failingStep, make };
}

function nothingMoves<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
): Variant<Input, Services, Output> {
  const pivot = pivotOf(workflow);
  const make = (): Workflow<Input, Services, Output> =>
    wrap(workflow, {
      do: async (step, call) => {
        if (step.name === pivot.name) throw new NothingMoved('injected', `the do of "${step.name}"`);
        return await call();
      },
    });
  return { name: 'nothing moves', breaks: pivot, make };
}

function undoFailsOnce<Input, Services, Output extends Outputs>(
  undone: Variant<Input, Services, Output>,
  failingStep: PlannedStep,
): Variant<Input, Services, Output> {
  const make = (): Workflow<Input, Services, Output> => {
    let failed = false;
    return wrap(undone.make(), {
      undo: async (step: AnyStep, call) => {
        await call();
        if (step.name !== failingStep.name || failed) return;
        failed = true;
        throw new Injected(`after the undo of "${step.name}"`);
      },
    });
  };
  return { ...undone, name: `${undone.name}, and the undo of "${failingStep.name}" fails once`, make };
}

function pivotOf(workflow: { readonly plan: { readonly steps: readonly PlannedStep[] } }): PlannedStep {
  const pivot = workflow.plan.steps.find((step) => step.role === 'pivot');
  if (pivot === undefined) throw new Error('a workflow without a pivot cannot be built');
  return pivot;
}

function once(moment: Moment, matches: (entry: LogRecord['entry']) => boolean): CrashPoint {
  return { moment, at: (record) => matches(record.entry) };
}

function crashPoints(
  records: number,
  when: readonly Moment[] = moments,
): readonly { readonly name: string; readonly point: () => CrashPoint }[] {
  return Array.from({ length: records }, (_, index) => index + 1).flatMap((sequence) =>
    when.map((moment) => ({
      name: `the process stops ${moment} record ${sequence} of ${records}`,
      point: (): CrashPoint => ({ moment, at: (record) => record.sequence === sequence }),
    })),
  );
}
