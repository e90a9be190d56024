import { WorkflowError } from './errors.ts';
import type { AnyStep, AnyWorkflow, Plan, PlannedStep } from './workflow.ts';

/**
 * The steps that an operation goes on with: those of the plan it was begun with, as the program has them now. Throws
 * `workflow-changed`, with all that differs, unless each is still there, in the same place before or after the same
 * pivot and in the same order, and each that came since is declared as one to go without (`addedStep`).
 */
export function stepsOfPlan(plan: Plan, workflow: AnyWorkflow): readonly AnyStep[] {
  const differences =
    plan.workflow === workflow.name
      ? differencesOf(plan, workflow)
      : [`it is a "${plan.workflow}", the program has "${workflow.name}"`];
  if (differences.length > 0) throw new WorkflowError('workflow-changed', differences.join('; '));
  return plan.steps.flatMap(({ name }) => workflow.steps.find((step) => step.name === name) ?? []);
}

function differencesOf(plan: Plan, workflow: AnyWorkflow): string[] {
  const now = new Map(workflow.plan.steps.map((step) => [step.name, step]));
  const then = new Set(plan.steps.map(({ name }) => name));
  const changes = plan.steps.flatMap((step) => changeOf(step, now.get(step.name)));
  const added = workflow.steps.filter((step) => !then.has(step.name) && step.added === undefined);
  return [
    ...changes,
    ...added.map(
      ({ name }) => `"${name}" is new, and it is not declared that one begun before may go without`,
    ),
    ...orderChange(
      plan.steps.map(({ name }) => name).filter((name) => now.has(name)),
      workflow.steps.map(({ name }) => name).filter((name) => then.has(name)),
    ),
  ];
}

function changeOf(then: PlannedStep, now: PlannedStep | undefined): string[] {
  if (now === undefined) return [`"${then.name}" is gone`];
  const [before, after] = [then, now].map(({ role, undoable }) => `${places[role]}, ${undos[`${undoable}`]}`);
  return before === after ? [] : [`"${then.name}" was ${before}, and is ${after}`];
}

const places = { before: 'before the pivot', pivot: 'the pivot', after: 'after the pivot' } as const;
const undos = { true: 'with an undo', false: 'without an undo' } as const;

function orderChange(then: readonly string[], now: readonly string[]): string[] {
  const [before, after] = [then.join(', '), now.join(', ')];
  return before === after ? [] : [`the order was ${before}, and is ${after}`];
}
