import { describe, expect, expectTypeOf, test } from 'vitest';
import { backOff, defaultRetry } from './perform.ts';
import { workflow } from './workflow.ts';

const nothing = (): Promise<void> => Promise.resolve();

describe('a definition', () => {
  test('gives each step the outputs before it, with their types', () => {
    const built = workflow<{ id: number }, null>('typed')
      .step({ name: 'first', deadlineMs: 1, do: () => Promise.resolve({ count: 1 }) })
      .pivot({
        name: 'second',
        deadlineMs: 1,
        do: ({ input, output }) => {
          expectTypeOf(output.first.count).toEqualTypeOf<number>();
          // @ts-expect-error A step does not see what comes after it.
          void output.third;
          return Promise.resolve(String(input.id + output.first.count));
        },
        undo: ({ own }) => {
          expectTypeOf(own).toEqualTypeOf<string | undefined>();
          return nothing();
        },
      })
      .step({ name: 'third', deadlineMs: 1, do: nothing })
      .build();
    expect(built.plan).toEqual({
      workflow: 'typed',
      steps: [
        { name: 'first', role: 'before', undoable: false },
        { name: 'second', role: 'pivot', undoable: true },
        { name: 'third', role: 'after', undoable: false },
      ],
    });
  });

  test('of an added step, later ones may have no output', () => {
    const added = { since: '2', safeWithout: 'it is a test' };
    const built = workflow<null, null>('typed')
      .addedStep({ name: 'first', added, deadlineMs: 1, do: () => Promise.resolve({ count: 1 }) })
      .pivot({
        name: 'second',
        deadlineMs: 1,
        do: ({ output }) => {
          expectTypeOf(output.first).toEqualTypeOf<{ count: number } | undefined>();
          return nothing();
        },
      })
      .build();
    expect(built.steps.map((step) => step.added)).toEqual([added, undefined]);
  });

  test('cannot be built without a pivot, nor have two', () => {
    const before = workflow<null, null>('none').step({ name: 'a', deadlineMs: 1, do: nothing });
    const after = before.pivot({ name: 'b', deadlineMs: 1, do: nothing });
    expect(before).not.toHaveProperty('build');
    expect(after).not.toHaveProperty('pivot');
  });

  test('refuses a name twice, a step without a deadline, and an undo after the pivot', () => {
    const begun = workflow<null, null>('bad').step({ name: 'a', deadlineMs: 1, do: nothing });
    expect(() => begun.step({ name: 'a', deadlineMs: 1, do: nothing })).toThrow('there twice');
    expect(() => begun.step({ name: 'b', deadlineMs: 0, do: nothing })).toThrow('no deadline');
    const withUndo = { name: 'c', deadlineMs: 1, do: nothing, undo: nothing };
    const pivoted = begun.pivot({ name: 'p', deadlineMs: 1, do: nothing });
    expect(() => pivoted.step(withUndo)).toThrow('has an undo');
    const added = { since: '2', safeWithout: 'it is a test' };
    expect(() => pivoted.addedStep({ ...withUndo, added })).toThrow('has an undo');
    expect(() => begun.step({ name: 'u', deadlineMs: 1, do: nothing, urgentUndo: true })).toThrow(
      'and no undo',
    );
  });
});

describe('retries', () => {
  test('double up to a longest wait and then end', () => {
    const policy = backOff({ firstMs: 10, longestMs: 35, attempts: 5 });
    expect([1, 2, 3, 4, 5].map((failures) => policy(failures))).toEqual([10, 20, 35, 35, 'give-up']);
  });

  test('usually last some minutes, so that a daemon can be restarted', () => {
    let total = 0;
    for (let failures = 1, wait = defaultRetry(1); wait !== 'give-up'; wait = defaultRetry((failures += 1)))
      total += wait;
    expect(total).toBeGreaterThan(3 * 60_000);
    expect(total).toBeLessThan(6 * 60_000);
  });
});
