import { describe, expect, test } from 'vitest';
import { stepsOfPlan } from './run.ts';
import type { AnyStep, AnyWorkflow, Plan, PlannedStep } from './workflow.ts';

/** Told in a line: `a b↶ | c | d`, with what stands before the pivot, the pivot, and what stands after; `+` is added. */
function workflowOf(line: string, name = 'move'): AnyWorkflow {
  const told = line.split('|').map((part) => part.trim().split(' ').filter(Boolean));
  const roles = ['before', 'pivot', 'after'] as const;
  const parsed = told.flatMap((words, index) =>
    words.map((word) => {
      const role: PlannedStep['role'] = roles[index] ?? 'after';
      return {
        name: word.replaceAll(/[+↶]/g, ''),
        role,
        undoable: word.includes('↶'),
        added: word.includes('+'),
      };
    }),
  );
  const steps = parsed.map(
    (step): AnyStep => ({
      name: step.name,
      deadlineMs: 1,
      do: () => Promise.resolve(),
      ...(step.undoable ? { undo: () => Promise.resolve() } : {}),
      ...(step.added ? { added: { since: '2', safeWithout: 'nothing needs it' } } : {}),
    }),
  );
  const planned = parsed.map(({ name: step, role, undoable }) => ({ name: step, role, undoable }));
  return { name, steps, plan: { workflow: name, steps: planned }, readInput: (stored) => stored };
}

const planOf = (line: string, name?: string): Plan => workflowOf(line, name).plan;

describe('an operation goes on with the steps it was begun with', () => {
  test.each([
    { change: 'nothing changed', begun: 'a b↶ | p | d', today: 'a b↶ | p | d' },
    { change: 'one came before the pivot', begun: 'a | p | d', today: 'a new+ | p | d' },
    { change: 'one that can be taken back came', begun: 'a | p | d', today: 'new↶+ a | p | d' },
    { change: 'one came after the pivot', begun: 'a | p | d', today: 'a | p | new+ d' },
    { change: 'many came', begun: ' | p | ', today: 'a+ b↶+ | p | c+ d+' },
    {
      change: 'one that it has was added even earlier',
      begun: 'a old | p | d',
      today: 'a old+ new+ | p | d',
    },
  ])('$change', ({ begun, today }) => {
    const plan = planOf(begun);
    const steps = stepsOfPlan(plan, workflowOf(today));
    expect(steps.map(({ name }) => name)).toEqual(plan.steps.map(({ name }) => name));
  });
});

describe('it is left as it is, and told what differs', () => {
  const undeclared = 'is new, and it is not declared that one begun before may go without';
  test.each([
    { begun: 'a | p | ', today: 'a new | p | ', told: [`"new" ${undeclared}`] },
    { begun: 'a | p | ', today: 'a | p | new+ other', told: [`"other" ${undeclared}`] },
    { begun: 'a b | p | ', today: 'a | p | ', told: ['"b" is gone'] },
    { begun: 'a b | p | ', today: 'a c+ | p | ', told: ['"b" is gone'] },
    { begun: 'a b | p | ', today: 'b a | p | ', told: ['the order was a, b, p, and is b, a, p'] },
    {
      begun: 'a | p | d',
      today: 'a p | d | ',
      told: [
        '"p" was the pivot, without an undo, and is before the pivot, without an undo',
        '"d" was after the pivot, without an undo, and is the pivot, without an undo',
      ],
    },
    {
      begun: 'a | p | d',
      today: 'a d | p | ',
      told: [
        '"d" was after the pivot, without an undo, and is before the pivot, without an undo',
        'the order was a, p, d, and is a, d, p',
      ],
    },
    {
      begun: 'a b↶ | p | ',
      today: 'a↶ b | p | ',
      told: [
        '"a" was before the pivot, without an undo, and is before the pivot, with an undo',
        '"b" was before the pivot, with an undo, and is before the pivot, without an undo',
      ],
    },
    { begun: 'a | p | ', today: 'a | q | ', told: ['"p" is gone', `"q" ${undeclared}`] },
  ])('$begun → $today', ({ begun, today, told }) => {
    expect(() => stepsOfPlan(planOf(begun), workflowOf(today))).toThrow(
      expect.objectContaining({
        code: 'workflow-changed',
        message: expect.stringContaining(`: ${told.join('; ')}`) as string,
      }) as Error,
    );
  });

  test('one of another workflow, whatever its steps', () => {
    expect(() => stepsOfPlan(planOf('a | p | ', 'copy'), workflowOf('a | p | '))).toThrow(
      /it is a "copy", the program has "move"$/,
    );
  });
});
