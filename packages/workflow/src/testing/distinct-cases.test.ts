import { describe, expect, test } from 'vitest';
import { crashEverywhere, failEachStep, repeatEachStep, repeatEachUndo } from './cases.ts';
import { distinctCases, type Thoroughness } from './distinct-cases.ts';
import type { TortureCase, TortureSpec } from './torture.ts';
import {
  type Mistakes,
  type Shelves,
  type TransferInput,
  type TransferOutput,
  transferSpec,
} from './transfer-workflow.ts';

/** The transfer, in a world that tells its whole state. */
function tellingSpec(mistakes: Mistakes = {}): TortureSpec<TransferInput, Shelves, TransferOutput> {
  const spec = transferSpec(mistakes);
  return {
    ...spec,
    makeWorld: async () => {
      const world = await spec.makeWorld();
      const { services } = world;
      return { ...world, state: () => ({ ...services, reserved: [...services.reserved] }) };
    },
  };
}

function casesOf(spec: TortureSpec<TransferInput, Shelves, TransferOutput>): readonly TortureCase[] {
  return [...failEachStep(spec), ...repeatEachStep(spec), ...repeatEachUndo(spec), ...crashEverywhere(spec)];
}

function ofSuccess(cases: readonly TortureCase[]): string[] {
  return cases
    .map(({ name }) => name)
    .filter((name) => /^the process stops|runs twice: comes to its end$/.test(name));
}

test('a crash that leaves what another leaves is no case of its own', async () => {
  const { cases, same, leftOut } = await distinctCases(casesOf(tellingSpec()));
  expect(leftOut).toBe(0);
  expect(cases.length + same).toBe(casesOf(tellingSpec()).length);
  // Of six steps: before each is told to have begun is after the one before is told to have ended; a step that runs twice
  // stops before its end is told; and of one that changes nothing, its end is as its beginning.
  expect(ofSuccess(cases)).toMatchInlineSnapshot(`
    [
      ""inspect" runs twice: comes to its end",
      ""reserve" runs twice: comes to its end",
      ""prepare" runs twice: comes to its end",
      ""weigh" runs twice: comes to its end",
      ""transfer" runs twice: comes to its end",
      ""label" runs twice: comes to its end",
      "the process stops before record 1 of 14: comes to its end",
      "the process stops after record 1 of 14: comes to its end",
      "the process stops after record 3 of 14: comes to its end",
      "the process stops after record 4 of 14: comes to its end",
      "the process stops after record 5 of 14: comes to its end",
      "the process stops after record 6 of 14: comes to its end",
      "the process stops after record 7 of 14: comes to its end",
      "the process stops after record 8 of 14: comes to its end",
      "the process stops after record 9 of 14: comes to its end",
      "the process stops after record 10 of 14: comes to its end",
      "the process stops after record 11 of 14: comes to its end",
      "the process stops after record 12 of 14: comes to its end",
      "the process stops after record 13 of 14: comes to its end",
      "the process stops after record 14 of 14: comes to its end",
    ]
  `);
});

test('whoever does not tell its state has all its cases', async () => {
  const all = casesOf(transferSpec());
  expect((await distinctCases(all)).cases).toEqual(all);
});

test('two worlds that differ in ids that were made up, and in times, are alike', async () => {
  const spec = tellingSpec();
  let worlds = 0;
  const chancy: typeof spec = {
    ...spec,
    makeWorld: async () => {
      const world = await spec.makeWorld();
      worlds += 1;
      const id = `00000000-0000-4000-8000-${String(worlds).padStart(12, '0')}`;
      const at = new Date(worlds).toISOString();
      return { ...world, state: () => [id, at, world.state?.()] };
    },
  };
  const [plain, told] = [await distinctCases(casesOf(spec)), await distinctCases(casesOf(chancy))];
  expect(told.cases.map(({ name }) => name)).toEqual(plain.cases.map(({ name }) => name));
});

test('of failures after a crash those at the pivot and at the step at hand can be enough', async () => {
  const { cases, leftOut } = await distinctCases(casesOf(tellingSpec()), 'one failure after a crash');
  expect(leftOut).toBeGreaterThan(0);
  const names = cases.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('"transfer" fails, '))).not.toEqual([]);
  expect(names).not.toContain('"prepare" fails, the process stops after record 1 of 10: nothing is left');
});

describe.each<Thoroughness>(['every failure after a crash', 'one failure after a crash'])(
  'with %s',
  (thoroughness) => {
    test.each<Mistakes>([
      { withoutUndo: true },
      { undoNeedsOutput: true },
      { doIsNotEnsure: true },
      { endIsNotEnsure: true },
      { undoTwiceFails: true },
    ])('what is left finds each mistake that a crash finds: %o', async (mistakes) => {
      const { cases } = await distinctCases(
        casesOf(tellingSpec(mistakes)).filter(({ crash }) => crash !== undefined),
        thoroughness,
      );
      const ends = await Promise.allSettled(cases.map(({ run }) => run()));
      expect(ends.filter(({ status }) => status === 'rejected')).not.toEqual([]);
    });

    test('what is left of a sound workflow holds', async () => {
      const { cases } = await distinctCases(casesOf(tellingSpec()), thoroughness);
      for (const { run } of cases) await expect(run()).resolves.toBeUndefined();
    });
  },
);
