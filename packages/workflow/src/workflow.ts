import { WorkflowError } from './errors.ts';
import type { Plain } from './plain.ts';

/** Outputs of steps by the step's name; each step adds its own. */
export type Outputs = object;

/** All that a step gets. */
export interface StepContext<Input, Services, Output extends Outputs> {
  readonly operationId: string;
  readonly input: Input;
  /** Outputs of the steps before this one, as the log gives them back. */
  readonly output: Output;
  readonly services: Services;
  /** Aborted when the step's deadline passes or the process is to stop. Every wait of a step must heed it. */
  readonly signal: AbortSignal;
  /** Counts from 1, over restarts too. */
  readonly attempt: number;
  /** An earlier attempt was started, so its effect may already stand: look before acting. */
  readonly recovered: boolean;
}

/** What an undo gets: `own` is the step's output, or undefined when the step did not come to its end. */
export interface UndoContext<Input, Services, Output extends Outputs, Own>
  extends StepContext<Input, Services, Output> {
  readonly own: Own | undefined;
}

/** A step that only goes forward. */
export interface ForwardStep<Input, Services, Output extends Outputs, Name extends string, Own> {
  readonly name: Name;
  /** Why it stands at this place, for the reader. */
  readonly why?: string;
  /** Time for one attempt. */
  readonly deadlineMs: number;
  /** What former versions called it: their logs are read as if they had this one's name. */
  readonly formerNames?: readonly string[];
  /** For an output that former versions wrote in another shape; without it what was written is what later steps get. */
  readonly readOutput?: (stored: Plain) => Plain;
  /**
   * Brings the thing about, and is content when it is already so: it can be run again after a crash. Its output
   * goes to the log, so it must be plain data (see `toPlain`).
   */
  do(context: StepContext<Input, Services, Output>): Promise<Own>;
}

/** A step that can be taken back. */
export interface UndoableStep<Input, Services, Output extends Outputs, Name extends string, Own>
  extends ForwardStep<Input, Services, Output, Name, Own> {
  /** Takes the effect away, also when `do` only half ran, and is content when it is already gone. */
  undo?(context: UndoContext<Input, Services, Output, Own>): Promise<void>;
  /**
   * Whether its undo does not wait for those of later steps: it runs before each of them, too, so that what it frees is
   * free although a later undo waits for long. It runs once more in its own turn.
   */
  readonly urgentUndo?: true;
}

/** What a step says of itself that came to a workflow of which operations may be under way. */
interface Addition {
  readonly added: {
    /** The version that it came with, as its project counts versions. */
    readonly since: string;
    /** Why an operation that was begun before may come to either of its ends without it, for the reader. */
    readonly safeWithout: string;
  };
}

type With<Output extends Outputs, Name extends string, Own> = Output & { readonly [Key in Name]: Own };

/** A workflow being written down, before its pivot. */
export interface BeforePivot<Input, Services, Output extends Outputs> {
  step<const Name extends string, Own>(
    step: UndoableStep<Input, Services, Output, Name, Own>,
  ): BeforePivot<Input, Services, With<Output, Name, Own>>;
  /** A step that operations begun before it came go without: those after it have no output of it then. */
  addedStep<const Name extends string, Own>(
    step: UndoableStep<Input, Services, Output, Name, Own> & Addition,
  ): BeforePivot<Input, Services, With<Output, Name, Own | undefined>>;
  /**
   * The point of no return. `do` returns when it was passed, throws `NothingMoved` when it is known that nothing
   * moved, `NeedsPerson` when it cannot be known; any other error means "not known yet" and it is run again.
   */
  pivot<const Name extends string, Own>(
    step: UndoableStep<Input, Services, Output, Name, Own>,
  ): AfterPivot<Input, Services, With<Output, Name, Own>>;
}

/** A workflow being written down, after its pivot: nothing here is undone. */
export interface AfterPivot<Input, Services, Output extends Outputs> {
  step<const Name extends string, Own>(
    step: ForwardStep<Input, Services, Output, Name, Own>,
  ): AfterPivot<Input, Services, With<Output, Name, Own>>;
  /** As before the pivot, which itself is always there. */
  addedStep<const Name extends string, Own>(
    step: ForwardStep<Input, Services, Output, Name, Own> & Addition,
  ): AfterPivot<Input, Services, With<Output, Name, Own | undefined>>;
  build(): Workflow<Input, Services, Output>;
}

/** A step without its types, as the runner sees it. */
export type AnyStep = UndoableStep<unknown, unknown, Outputs, string, unknown> & Partial<Addition>;

/** What of a workflow stands in the log, so that a log explains itself. */
export interface Plan {
  readonly workflow: string;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep {
  readonly name: string;
  readonly role: 'before' | 'pivot' | 'after';
  readonly undoable: boolean;
}

/** A finished definition. `types` carries types only and is never set. */
export interface Workflow<Input, Services, Output extends Outputs> {
  readonly name: string;
  readonly plan: Plan;
  readonly steps: readonly AnyStep[];
  /** The input as steps have it, of one that this or a former version wrote to the log. */
  readonly readInput: (stored: unknown) => unknown;
  readonly types?: { readonly input: Input; readonly services: Services; readonly output: Output };
}

/** A workflow without its types, as the runner sees it. */
export type AnyWorkflow = Pick<Workflow<unknown, unknown, Outputs>, 'name' | 'plan' | 'steps' | 'readInput'>;

interface Draft {
  readonly name: string;
  readonly readInput: (stored: unknown) => unknown;
  readonly steps: readonly AnyStep[];
  readonly roles: readonly PlannedStep['role'][];
}

/**
 * Begins a workflow. The chain of steps below it is its table of contents. `readInput`: for an input that former versions
 * wrote to the log in another shape; without it what was written is what steps get.
 */
export function workflow<Input, Services>(
  name: string,
  readInput: (stored: unknown) => unknown = (stored) => stored,
): BeforePivot<Input, Services, Outputs> {
  return beforePivot({ name, readInput, steps: [], roles: [] });
}

function beforePivot<Input, Services, Output extends Outputs>(
  draft: Draft,
): BeforePivot<Input, Services, Output> {
  return {
    step: (step) => beforePivot(extend(draft, step, 'before')),
    addedStep: (step) => beforePivot(extend(draft, step, 'before')),
    pivot: (step) => afterPivot(extend(draft, step, 'pivot')),
  };
}

function afterPivot<Input, Services, Output extends Outputs>(
  draft: Draft,
): AfterPivot<Input, Services, Output> {
  return {
    step: (step) => afterPivot(extend(draft, step, 'after')),
    addedStep: (step) => afterPivot(extend(draft, step, 'after')),
    build: () => ({
      name: draft.name,
      plan: planOf(draft),
      steps: draft.steps,
      readInput: draft.readInput,
    }),
  };
}

function extend(draft: Draft, step: AnyStep, role: PlannedStep['role']): Draft {
  const where = `step "${step.name}" of "${draft.name}"`;
  const names = namesOf(step);
  if (draft.steps.some((earlier) => namesOf(earlier).some((name) => names.includes(name)))) {
    throw new WorkflowError('definition-invalid', `${where} is there twice`);
  }
  if (!(step.deadlineMs > 0)) throw new WorkflowError('definition-invalid', `${where} has no deadline`);
  if (role === 'after' && step.undo !== undefined) {
    throw new WorkflowError('definition-invalid', `${where} stands after the pivot and has an undo`);
  }
  if (step.urgentUndo === true && step.undo === undefined) {
    throw new WorkflowError('definition-invalid', `${where} has an urgent undo and no undo`);
  }
  return { ...draft, steps: [...draft.steps, step], roles: [...draft.roles, role] };
}

/** Each of them stands for this step alone, in logs of whatever version. */
function namesOf({ name, formerNames = [] }: AnyStep): string[] {
  return [name, ...formerNames];
}

function planOf(draft: Draft): Plan {
  const steps = draft.steps.map((step, index) => ({
    name: step.name,
    role: draft.roles[index] ?? 'after',
    undoable: step.undo !== undefined,
  }));
  return { workflow: draft.name, steps };
}
